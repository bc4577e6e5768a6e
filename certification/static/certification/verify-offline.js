// The page under /V/: judges the code behind the # with what is kept on this device, and refreshes that.
"use strict";
(() => {
  const KEPT = "craftpath-verify-1";
  const KEYS = "/.well-known/did.json";
  const DAY = 86400000;
  const BEIJING = 8 * 3600000;
  const words = JSON.parse(document.getElementById("words").textContent);
  const find = (name) => document.querySelector(`[data-${name}]`);
  const able = "serviceWorker" in navigator && "caches" in window && Boolean(window.crypto?.subtle) && "DecompressionStream" in window;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const today = () => Math.floor((Date.now() + BEIJING) / DAY);
  const pad = (number) => String(number).padStart(2, "0");

  function day(days) {
    const date = new Date(days * DAY);
    return document.documentElement.lang.startsWith("zh")
      ? `${date.getUTCFullYear()} 年 ${date.getUTCMonth() + 1} 月 ${date.getUTCDate()} 日`
      : `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  }

  function moment(milliseconds) {
    const date = new Date(milliseconds + BEIJING);
    return `${date.toISOString().slice(0, 10)} ${date.toISOString().slice(11, 16)}`;
  }

  async function kept(address) {
    return (await caches.match(address, { cacheName: KEPT })) ?? null;
  }

  // --- judging -------------------------------------------------------------------------------------------------------

  async function standing(token, did) {
    if (!("DecompressionStream" in window)) return { known: false }; // Safari before 16.4 can't unpack a list
    const found = { known: true, checked: true };
    for (const purpose of ["revocation", "suspension"]) {
      const answer = await kept(`/status/${token.list}/${purpose}`);
      if (!answer) return { known: false };
      const { claims, checked } = await TOKEN.list(await answer.text(), did);
      const subject = claims.credentialSubject;
      if (subject.statusPurpose !== purpose || !claims.id.endsWith(`/status/${token.list}/${purpose}`)) throw new NotGenuine("list");
      found[purpose] = await TOKEN.isSet(subject.encodedList, token.place);
      found.checked = found.checked && checked;
      found.at = Math.min(found.at ?? Infinity, claims.iat * 1000);
      found.ends = Math.min(found.ends ?? Infinity, claims.exp * 1000);
    }
    return found;
  }

  async function judge(digits) {
    const keys = await kept(KEYS);
    if (!keys) throw new NotGenuine("nothing");
    const did = await keys.json();
    const token = await TOKEN.verify(digits, did);
    return { token, list: await standing(token, did) };
  }

  function verdict({ token, list }) {
    const on = list.known ? day(Math.floor((list.at + BEIJING) / DAY)) : "";
    if (list.revocation) return ["revoked", "bad", "✕", words.revoked, fill(words.listed, { day: on })];
    if (list.suspension) return ["suspended", "warn", "！", words.suspended, fill(words.listed, { day: on })];
    if (token.until !== undefined && token.until < today())
      return ["expired", "warn", "！", words.expired, fill(words.expiredMeaning, { day: day(token.until) })];
    if (!list.known) return ["unknown", "warn", "？", words.unknown, words.unknownMeaning];
    // A list says itself until when it counts. After that nobody knows who was revoked meanwhile, and there is no green.
    if (list.ends < Date.now()) {
      const days = Math.max(1, Math.floor((Date.now() - list.at) / DAY));
      return ["stale", "warn", "！", fill(words.stale, { day: on, days }), fill(words.staleMeaning, { until: moment(list.ends) })];
    }
    return ["valid", "ok", "✓", fill(words.genuine, { day: on }), words.genuineMeaning];
  }

  const CAUSES = { signature: "badSignature", key: "badKey", format: "badFormat", list: "badList", nothing: "keptNone" };

  function show([answer, tone, mark, headline, meaning]) {
    const box = find("verdict");
    box.className = `verdict mt-4 ${tone}`;
    box.dataset.answer = answer;
    box.querySelector(".mark").textContent = mark;
    box.querySelector("h2").textContent = headline;
    box.querySelector("p").textContent = meaning;
    box.hidden = false;
    box.focus();
  }

  function showFacts({ token, list }) {
    const said = {
      holder: token.name,
      kind: words.kinds[/-([A-Z]{2})-\d{4}-\d{6}-.$/.exec(token.number)?.[1]] ?? "",
      what: token.what,
      level: words.levels[token.level] ?? "",
      number: token.number,
      issued: day(token.issued),
      until: token.until === undefined ? words.endless : fill(words.until, { day: day(token.until) }),
    };
    for (const [name, text] of Object.entries(said)) {
      const place = find(`fact="${name}"`);
      place.textContent = text;
      place.hidden = place.previousElementSibling.hidden = !text;
    }
    const notes = [];
    if (list.known) notes.push(list.checked ? words.listSigned : words.overTls);
    find("notes").textContent = notes.join(" ");
    find("facts").hidden = false;
  }

  // A genuine code copied behind the address of another site leads whoever scans it there, to whatever answer that site likes.
  function foreignHost(text) {
    const [, host] = /^\s*https?:\/\/([^/?#\s]+)/i.exec(text) ?? [];
    if (!host) return "";
    const plain = host.toLowerCase().replace(/\.(?=:|$)/, "");
    return [...words.hosts, location.host].includes(plain) ? "" : plain;
  }

  async function check(text) {
    find("facts").hidden = true;
    find("foreign").hidden = true;
    const digits = text.includes("#") ? text.slice(text.lastIndexOf("#") + 1) : text;
    if (!digits.trim()) return show(["none", "", "？", words.bad, words.noToken]);
    try {
      const found = await judge(digits.replace(/\s/g, ""));
      const host = foreignHost(text);
      const [answer, tone, mark, ...said] = verdict(found);
      show(host && tone === "ok" ? [answer, "warn", "！", ...said] : [answer, tone, mark, ...said]);
      find("foreign").textContent = fill(words.foreign, { host });
      find("foreign").hidden = !host;
      showFacts(found);
    } catch (error) {
      show(["bad", "bad", "✕", words.bad, words[CAUSES[error.cause]] ?? words.badFormat]);
    }
    return undefined;
  }

  // --- what is kept --------------------------------------------------------------------------------------------------

  async function tellState() {
    const place = find("state");
    const at = able && (await kept("/V/kept-at"));
    if (!able) place.textContent = words.unable;
    else if (!at) place.textContent = words.keptNone;
    else {
      const cache = await caches.open(KEPT);
      const lists = (await cache.keys()).filter((one) => /\/status\/\d+\//.test(one.url));
      place.textContent = fill(words.kept, { count: lists.length, time: moment(Number(await at.text())) });
    }
    place.dataset.state = at ? "kept" : "none";
    const open = find("open");
    if (open) open.hidden = !at;
  }

  async function refresh() {
    const place = find("state");
    place.textContent = words.keeping;
    try {
      const known = await navigator.serviceWorker.getRegistration("/V/");
      if (known?.active) {
        const done = await new Promise((answer) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = (event) => answer(event.data);
          known.active.postMessage("refresh", [channel.port2]);
          setTimeout(() => answer(false), 60000);
        });
        if (!done) throw new Error("refresh");
      } else {
        const made = await navigator.serviceWorker.register("/V/worker.js", { scope: "/V/" });
        const worker = made.installing ?? made.waiting ?? made.active;
        await new Promise((answer, fail) => {
          const look = () => {
            if (worker.state === "activated") answer();
            if (worker.state === "redundant") fail(new Error("install"));
          };
          worker.addEventListener("statechange", look);
          look();
        });
      }
      await tellState();
    } catch {
      await tellState();
      place.textContent = `${words.keepFailed} ${place.textContent}`;
    }
  }

  // --- camera --------------------------------------------------------------------------------------------------------

  async function scan() {
    const video = find("camera");
    const said = find("scanning");
    try {
      // eslint-disable-next-line -- the button is shown only where it is known
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      said.textContent = words.scanning;
      await video.play();
      const look = async () => {
        const [found] = await detector.detect(video);
        if (!found) return requestAnimationFrame(look);
        for (const track of stream.getTracks()) track.stop();
        video.hidden = true;
        said.textContent = "";
        return check(found.rawValue);
      };
      await look();
    } catch {
      video.hidden = true;
      said.textContent = words.noCamera;
    }
  }

  for (const button of document.querySelectorAll("[data-refresh]")) {
    button.hidden = !able;
    button.addEventListener("click", refresh);
  }
  tellState();
  const form = find("check");
  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check(form.elements.code.value);
    });
    const camera = find("scan");
    if ("BarcodeDetector" in window && navigator.mediaDevices) {
      camera.hidden = false;
      camera.addEventListener("click", scan);
    }
    const again = () => location.hash.length > 1 && check(location.hash);
    addEventListener("hashchange", again);
    if (!again() && location.pathname !== "/V/") check("");
  }
})();
