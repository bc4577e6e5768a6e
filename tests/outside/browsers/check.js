// Holds scripts and style sheets against compatibility data. Reads {scripts: [paths], styles: [paths]} from standard input and prints a
// JSON list of [path, line, what is wrong]. The oldest browsers are those of "browserslist" in package.json beside it.

import { readFileSync } from "node:fs";
import { ESLint } from "eslint";
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";
import postcss from "postcss";
import stylelint from "stylelint";

import { staticMembers } from "./static_members.js";

const HERE = new URL(".", import.meta.url).pathname;
const OLDEST = JSON.parse(readFileSync(`${HERE}package.json`, "utf8")).browserslist;
process.env.BROWSERSLIST = OLDEST.join(", "); // the linters look for it beside the file they read, which has none

const MDN = OLDEST.map((one) => one.split(" ")).map(([name, version]) => [name === "ios_saf" ? "safari_ios" : name, Number(version)]);

const SCRIPTS = [
  compat.configs["flat/recommended"],
  esx.configs["flat/restrict-to-es2022"],
  {
    languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "off" },
    // Methods of values whose type isn't known, such as `rows.toSorted()`, are judged by their names.
    settings: { "es-x": { aggressive: true }, lintAllEsApis: true },
    plugins: { ours: { rules: { "static-members": staticMembers(MDN) } } },
    rules: { "ours/static-members": "error", "es-x/no-class-static-block": "error", "es-x/no-regexp-lookbehind-assertions": "error" }, // ES2022 and ES2018, Safari 16.4
  },
];

// A browser that doesn't know these shows all there is: colours of scroll bars, a pointer's form, drawing of what is out of sight, paper's margins.
const HARMLESS = ["css-scrollbar", "css3-cursors", "css-content-visibility", "css-paged-media", "css-color-adjust"];
const STYLES = {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: { "plugin/no-unsupported-browser-features": [true, { browsers: OLDEST, ignorePartialSupport: true, ignore: HARMLESS }] },
};

/** Return the sheet as an old browser takes it: without `@supports` blocks, and of one property's values in a rule only the first. */
function asOldBrowser(source) {
  const root = postcss.parse(source);
  const blank = (node) => node.replaceWith(postcss.comment({ text: "\n".repeat(node.toString().split("\n").length - 1) })); // lines keep their numbers
  root.walkAtRules("supports", (rule) => rule.params.startsWith("not ") || blank(rule));
  root.walkDecls((declaration) => {
    const earlier = declaration.parent.nodes.slice(0, declaration.parent.index(declaration));
    if (earlier.some((other) => other.type === "decl" && other.prop === declaration.prop)) blank(declaration);
  });
  return root.toString();
}

async function checkScripts(paths) {
  const linter = new ESLint({ cwd: "/", overrideConfigFile: true, overrideConfig: SCRIPTS });
  const results = paths.length ? await linter.lintFiles(paths) : []; // without a path it would look through the whole folder
  return results.flatMap((result) => result.messages.map(({ line, message }) => [result.filePath, line, message]));
}

async function checkStyle(path) {
  const { results } = await stylelint.lint({ code: asOldBrowser(readFileSync(path, "utf8")), config: STYLES, configBasedir: HERE });
  return results.flatMap(({ warnings, parseErrors }) => [...warnings, ...parseErrors].map(({ line, text }) => [path, line, text]));
}

const { scripts, styles } = JSON.parse(readFileSync(0, "utf8"));
const found = [...(await checkScripts(scripts)), ...(await Promise.all(styles.map(checkStyle))).flat()];
process.stdout.write(JSON.stringify(found));
