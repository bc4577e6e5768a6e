// Small helpers of the judge's pages: making elements, filling texts, figures with two decimals.

export const read = (id) => JSON.parse(document.getElementById(id).textContent);
export const fill = (text, values = {}) => text.replace(/%\((\w+)\)s/g, (_all, key) => values[key] ?? "");
export const hundredths = (text) => Math.round(Number(text) * 100);
export const two = (number) => (number / 100).toFixed(2);

/** Make an element. `on…` are listeners, `data` its data set; null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key === "hidden" || key === "disabled") made[key] = Boolean(value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
