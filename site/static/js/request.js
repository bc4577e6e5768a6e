// Asks our own endpoints and says plainly what came of it. Never rejects.
//
//   const { outcome, status, data } = await postJson(url, body, { timeout: 8000 });
//
// `keepalive`: the request outlives the page (64 kB at most).
// outcome: "answered"    the server has answered: look at `status` and `data` (an object, empty where the answer was no JSON)
//          "no-network"  nobody has answered, or somebody else has (a portal of the wireless network)
//          "timed-out"   no answer within `timeout` ms; whether the server did it isn't known: send it again under the same id
//          "signed-out"  the session or its token is no longer good: `session.renew()`, then send it again

const TIMEOUT = 10000;

/** The CSRF token, read when sending: a new sign-in changes it. */
function token() {
  const found = /(?:^|; )(?:__Secure-|__Host-)?csrftoken=([^;]*)/.exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : "";
}

export function postJson(url, body, options) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() };
  return ask(url, { method: "POST", headers, body: JSON.stringify(body) }, options);
}

/** Post the fields of a form (an object of texts) as a form of the page would. */
export function postForm(url, fields, options) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  return ask(url, { method: "POST", headers, body: new URLSearchParams(fields) }, options);
}

export function getJson(url, options) {
  return ask(url, { headers: { Accept: "application/json" } }, options);
}

async function ask(url, request, { timeout = TIMEOUT, keepalive = false } = {}) {
  // Own timer: AbortSignal.timeout came with Chrome 103 and Safari 16.
  const stop = typeof AbortController === "function" ? new AbortController() : null;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      resolve({ outcome: "timed-out", status: 0, data: {} });
      stop?.abort();
    }, timeout);
  });
  try {
    return await Promise.race([answered(url, { ...request, keepalive, signal: stop?.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function answered(url, request) {
  try {
    // Manual: our endpoints never redirect; the sign-in gate does.
    const response = await fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...request });
    if (response.type === "opaqueredirect" || response.redirected) return { outcome: "signed-out", status: response.status, data: {} };
    const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    const data = isJson ? await response.json() : {};
    return { outcome: outcomeOf(response, isJson, data), status: response.status, data };
  } catch {
    return { outcome: "no-network", status: 0, data: {} };
  }
}

function outcomeOf(response, isJson, data) {
  if (response.status === 401 || (response.status === 403 && (!isJson || data.code === "csrf"))) return "signed-out";
  // A page where JSON was asked for and nothing is wrong: not our endpoint.
  return response.ok && response.status !== 204 && !isJson ? "no-network" : "answered";
}
