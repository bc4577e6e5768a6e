// Draws one line of the marking sheet: what is asked, the keys, the button that clears, what there is to know, and the remarks.

import { fill, h, hundredths } from "./elements.js";

export const JUDGEMENT = "J";
const SCORES = ["0", "1", "2", "3"];
const SEGMENTS_AT_MOST = 5;

/** The values that *aspect* may have, from the lowest. */
export const allowed = (aspect) => (aspect.kind === JUDGEMENT ? SCORES : aspect.steps);
const isYesNo = (aspect) => aspect.kind !== JUDGEMENT && aspect.steps.length <= 2;

/** How *value* of *aspect* is called on the screen. */
export function worded(aspect, value, texts) {
  if (value === "") return texts.nothing;
  if (!isYesNo(aspect)) return value;
  return hundredths(value) ? texts.met : texts.not_met;
}

/** What stands in the row of *aspect* on the screen now, read from the screen itself. */
export function shownValue(row) {
  const input = row.querySelector(".stepper input");
  if (input) return input.value.trim();
  const pressed = row.querySelector('.keys [aria-pressed="true"]');
  return pressed ? pressed.dataset.key : "";
}

/** The scores of the round that settled *aspect*, as pairs of seat and score; empty while there is none. */
export function settledScores(aspect) {
  const settled = aspect.rounds.filter((round) => round.state === "settled");
  return settled.length ? settled[settled.length - 1].scores : [];
}

/** The row of *aspect*. *screen* is the sheet (`sheet.js`). */
export function drawLine(screen, aspect) {
  const { texts } = screen;
  const judged = aspect.kind === JUDGEMENT;
  const value = screen.value(aspect);
  const titleId = `t-${aspect.code.replace(".", "-")}`;
  const said = [judged ? texts.judgement : texts.measurement, fill(texts.marks, { max: aspect.max_mark }), judged ? null : rule(aspect, texts)];
  return h(
    "li",
    { class: "aspect", data: { aspect: aspect.code }, onfocusin: () => screen.nowAt !== aspect.code && screen.point(aspect.code) },
    h("span", { class: "code num" }, aspect.code),
    h(
      "div",
      {},
      h("h2", { id: titleId }, aspect.name),
      h("p", { class: "small muted" }, said.filter(Boolean).join(" · ")),
      aspect.description && h("p", { class: "small muted" }, aspect.description),
      judged && benchmarks(aspect, value),
      ...notes(screen, aspect, value),
      remarks(screen, aspect),
    ),
    h("div", { class: "control" }, control(screen, aspect, value, titleId), clear(screen, aspect, value)),
  );
}

function rule(aspect, texts) {
  if (aspect.steps.length <= 2) return texts.all_or_nothing;
  return fill(texts.steps, { steps: aspect.steps.join(texts.comma) });
}

function benchmarks(aspect, value) {
  const rows = aspect.benchmarks.map((text, score) => {
    const on = String(score) === value ? "on" : null;
    return [h("dt", { class: on }, String(score)), h("dd", { class: on }, text)];
  });
  return h("dl", { class: "benchmarks" }, ...rows.flat());
}

// ---- the keys ----

function control(screen, aspect, value, titleId) {
  const values = allowed(aspect);
  if (isYesNo(aspect) || values.length <= SEGMENTS_AT_MOST) return keys(screen, aspect, value, titleId);
  return stepper(screen, aspect, value, titleId);
}

/** A second tap on a key changes nothing: a slow network makes people tap twice. */
function keys(screen, aspect, value, titleId) {
  const yesNo = isYesNo(aspect);
  const values = allowed(aspect);
  const shown = yesNo ? [...values].reverse() : values;
  const key = (one) =>
    h(
      "button",
      {
        type: "button",
        disabled: !screen.open(aspect),
        data: { key: one },
        "aria-pressed": String(one === value),
        onclick: () => screen.set(aspect.code, one),
      },
      yesNo ? worded(aspect, one, screen.texts) : one,
    );
  return h("div", { class: yesNo ? "keys two" : "keys", role: "group", "aria-labelledby": titleId }, ...shown.map(key));
}

function stepper(screen, aspect, value, titleId) {
  const { texts } = screen;
  const values = allowed(aspect);
  const disabled = !screen.open(aspect);
  const place = values.indexOf(value);
  const button = (by, sign, label) =>
    h(
      "button",
      {
        type: "button",
        class: "btn btn-quiet",
        disabled: disabled || (place >= 0 && !values[place + by]),
        data: { key: `step${by}` },
        "aria-label": fill(label, { aspect: aspect.code }),
        onclick: () => screen.shift(aspect.code, by),
      },
      sign,
    );
  const typed = (event) => {
    const text = event.target.value.trim().replace("。", ".").replace("，", ".");
    const found = text === "" ? "" : values.find((one) => hundredths(one) === hundredths(text));
    if (found === undefined) {
      event.target.setAttribute("aria-invalid", "true");
      screen.say(fill(texts.not_a_step, { value: text, steps: values.join(texts.comma) }));
      screen.foot();
    } else screen.set(aspect.code, found, { redraw: true });
  };
  const stepped = (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    screen.shift(aspect.code, event.key === "ArrowUp" ? 1 : -1);
  };
  const input = h("input", {
    value,
    disabled,
    inputmode: "decimal",
    autocomplete: "off",
    maxlength: 6,
    placeholder: "–",
    data: { key: "input" },
    "aria-labelledby": titleId,
    onchange: typed,
    onkeydown: stepped,
  });
  return h("div", { class: "stepper", role: "group", "aria-labelledby": titleId }, button(-1, "−", texts.less), input, button(1, "＋", texts.more));
}

function clear(screen, aspect, value) {
  const label = fill(screen.texts.clear_aspect, { aspect: aspect.code });
  return h(
    "button",
    {
      type: "button",
      class: "btn btn-quiet clear",
      disabled: value === "" || !screen.open(aspect),
      data: { key: "clear" },
      "aria-label": label,
      onclick: () => screen.clear(aspect.code),
    },
    screen.texts.clear,
  );
}

// ---- what there is to know ----

function notes(screen, aspect, value) {
  const { texts } = screen;
  const found = [];
  const differs = screen.differs.get(aspect.code);
  const answer = screen.answers.get(aspect.code);
  if (differs) found.push(differenceNote(screen, aspect, differs));
  if (answer?.kind === "conflict") found.push(conflictNote(screen, aspect, answer));
  else if (answer) {
    const said = h("p", {}, fill(texts.refused_value, { yours: worded(aspect, answer.yours, texts) }), " ", answer.message);
    found.push(h("div", { class: "note bad why", role: "alert" }, said, acts(understood(screen, aspect))));
  }
  if (aspect.kind === JUDGEMENT) found.push(...judgementNotes(screen, aspect, value));
  return found;
}

const acts = (...buttons) => h("div", { class: "acts" }, ...buttons);
const quiet = (key, text, onclick) => h("button", { type: "button", class: "btn btn-quiet", data: { key }, onclick }, text);
const understood = (screen, aspect) => quiet("keep", screen.texts.understood, () => screen.settle(aspect.code, false));

function differenceNote(screen, aspect, differs) {
  const { texts } = screen;
  const text = fill(texts.differs, { shown: worded(aspect, differs.shown, texts), recorded: worded(aspect, differs.recorded, texts) });
  const button = quiet("seen", texts.understood, () => screen.sawDifference(aspect.code));
  return h("div", { class: "note bad why", role: "alert" }, h("p", {}, text), acts(button));
}

function conflictNote(screen, aspect, answer) {
  const { texts } = screen;
  const word = (text) => worded(aspect, text, texts);
  const over = answer.why === "round_closed";
  const sentence = over ? texts.round_closed : answer.seat ? texts.conflict : texts.conflict_other;
  const again = !over && screen.open(aspect);
  const values = { yours: word(answer.yours), theirs: word(answer.theirs), seat: answer.seat, at: screen.moment(answer.at) };
  const keep = again ? fill(texts.keep_theirs, { value: word(answer.theirs) }) : texts.understood;
  return h(
    "div",
    { class: "note bad why", role: "alert" },
    h("p", {}, fill(sentence, values)),
    acts(
      quiet("keep", keep, () => screen.settle(aspect.code, false)),
      again && quiet("mine", fill(texts.keep_mine, { value: word(answer.yours) }), () => screen.settle(aspect.code, true)),
    ),
  );
}

function judgementNotes(screen, aspect, value) {
  const { texts } = screen;
  const disputed = aspect.rounds.filter((round) => round.state === "disputed");
  const scores = aspect.settled ? settledScores(aspect).map(([, score]) => score) : [];
  const found = [];
  if (disputed.length && aspect.disputed) {
    const last = disputed[disputed.length - 1].scores.map(([, score]) => score);
    const head = h("b", {}, fill(texts.spread, { count: last.length, limit: screen.state.spread_limit }));
    found.push(h("p", { class: "note warn why" }, head, fill(texts.spread_scores, { scores: last.join(" · ") })));
  } else if (scores.length) {
    found.push(h("p", { class: "small muted" }, fill(texts.revealed, { scores: scores.join(" · "), mark: aspect.mark })));
  }
  if (!aspect.settled && value !== "" && screen.state.open) {
    const waiting = screen.waitingFor(aspect);
    found.push(h("p", { class: "small muted waits" }, waiting ? `${texts.hidden} ${waiting}` : texts.hidden));
  }
  return found;
}

// ---- remarks ----

function remarks(screen, aspect) {
  const { texts } = screen;
  const kept = aspect.remarks.map((one) =>
    remark(fill(texts.remark_of, { seat: one.seat, time: screen.moment(one.at) }), one.text, one.photo && photoLink(screen, one.photo)),
  );
  const waiting = screen.remarksWaiting(aspect.code).map(({ text, photo }) => remark(texts.remark_waits, text, photo && ` [${texts.remark_photo}]`));
  const list = kept.length + waiting.length ? h("ul", { class: "remarks small" }, ...kept, ...waiting) : null;
  if (!screen.state.open) return list;
  const draft = screen.drafts.get(aspect.code);
  const isOpen = draft !== undefined;
  const button = h(
    "button",
    {
      type: "button",
      class: "btn btn-quiet remark",
      data: { key: "remark" },
      "aria-expanded": String(isOpen),
      "aria-label": fill(texts.remark_on, { aspect: aspect.code }),
      onclick: () => screen.toggleRemark(aspect.code),
    },
    texts.remark,
  );
  return h("div", { class: "remark-part" }, list, button, isOpen && remarkForm(screen, aspect, draft));
}

const remark = (who, text, photo) => h("li", {}, h("span", { class: "muted" }, who), " ", text, photo || null);

function photoLink(screen, number) {
  return [" ", h("a", { href: screen.urls.photo.replace("{remark}", number), target: "_blank", rel: "noopener" }, screen.texts.remark_photo)];
}

function remarkForm(screen, aspect, draft) {
  const { texts } = screen;
  const area = h("textarea", {
    class: "form-control",
    rows: 2,
    maxlength: 300,
    data: { key: "remark-text" },
    "aria-label": fill(texts.remark_on, { aspect: aspect.code }),
    oninput: (event) => screen.drafts.set(aspect.code, event.target.value),
  });
  area.value = draft;
  const save = h("button", { type: "button", class: "btn btn-quiet", onclick: () => screen.addRemark(aspect.code) }, texts.remark_save);
  return h("div", { class: "remark-form" }, area, h("p", { class: "small muted" }, texts.remark_about), photoPart(screen, aspect), acts(save));
}

function photoPart(screen, aspect) {
  const { texts } = screen;
  if (screen.photos.has(aspect.code)) {
    const drop = h("button", { type: "button", class: "btn btn-quiet", onclick: () => screen.takePhoto(aspect.code, null) }, texts.remark_photo_drop);
    return h("p", { class: "remark-photo" }, texts.remark_photo_taken, " ", drop);
  }
  const input = h("input", {
    type: "file",
    class: "form-control",
    accept: "image/jpeg,image/png",
    capture: "environment",
    data: { key: "photo" },
    onchange: (event) => event.target.files[0] && screen.takePhoto(aspect.code, event.target.files[0]),
  });
  return h("label", { class: "remark-photo" }, texts.remark_photo_add, input, h("span", { class: "small muted" }, texts.remark_photo_about));
}
