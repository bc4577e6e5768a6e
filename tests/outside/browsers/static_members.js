// An ESLint rule: members read from an interface, a built-in or a well-known object by name, such as `AbortSignal.timeout` or
// `navigator.locks`, exist in the oldest browsers by the data of MDN. eslint-plugin-compat knows the objects and only some members.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const DATA = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@mdn/browser-compat-data"), "utf8"));
const OBJECTS = { navigator: "Navigator", document: "Document", window: "Window", crypto: "Crypto", performance: "Performance", screen: "Screen", location: "Location", history: "History", indexedDB: "IDBFactory", caches: "CacheStorage" };

function supportOf(object, member) {
  const found = DATA.api[OBJECTS[object] ?? object] ?? DATA.javascript.builtins[object];
  return (found?.[`${member}_static`] ?? found?.[member])?.__compat?.support;
}

/** Tell whether *browser* has it from *version* on; without flags, prefixes and other names. */
function has(support, browser, version) {
  const entries = [support[browser] ?? []].flat().filter((one) => !one.flags && !one.prefix && !one.alternative_name && !one.version_removed);
  return entries.some(({ version_added: added }) => typeof added === "string" && Number.parseFloat(added.replace("≤", "")) <= version);
}

/** *oldest* is a list of [browser as MDN calls it, version]. */
export const staticMembers = (oldest) => ({
  create: (context) => ({
    MemberExpression(node) {
      if (node.computed || node.object.type !== "Identifier") return;
      const support = supportOf(node.object.name, node.property.name);
      if (!support) return;
      const lacking = oldest.filter(([browser, version]) => !has(support, browser, version)).map(([browser, version]) => `${browser} ${version}`);
      if (lacking.length) context.report({ node, message: `${node.object.name}.${node.property.name} is missing in ${lacking.join(", ")}` });
    },
  }),
});
