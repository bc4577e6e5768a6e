// The token in a QR code, read and judged by the browser alone: a small CBOR reader, COSE_Sign1 with ES256 (RFC 9052), Multikeys,
// Bitstring Status Lists. No library, nothing fetched.
"use strict";

class NotGenuine extends Error {
  constructor(cause) {
    super(cause);
    this.cause = cause;
  }
}

const TOKEN = (() => {
  const LONGEST = 1500;
  const NAMES = { 1: "number", 2: "name", 3: "what", 4: "level", 5: "issued", 6: "until", 7: "list", 8: "place" };
  const utf8 = new TextDecoder("utf-8", { fatal: true });

  function refuse(cause = "format") {
    throw new NotGenuine(cause);
  }

  // --- CBOR: only what a token holds ---------------------------------------------------------------------------------

  function read(data) {
    let at = 0;
    const take = (count) => {
      if (count > data.length - at) refuse();
      at += count;
      return data.subarray(at - count, at);
    };
    const size = (low) => {
      if (low < 24) return low;
      if (low > 26) refuse();
      return take(1 << (low - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
    };
    const item = (depth) => {
      if (depth > 4) refuse();
      const [head] = take(1);
      const length = size(head & 31);
      switch (head >> 5) {
        case 0:
          return length;
        case 1:
          return -1 - length;
        case 2:
          return take(length);
        case 3:
          return utf8.decode(take(length));
        case 4:
          return Array.from({ length: Math.min(length, 99) }, () => item(depth + 1));
        case 5: {
          const map = new Map();
          for (let n = 0; n < length; n++) {
            const key = item(depth + 1);
            if (map.has(key)) refuse();
            map.set(key, item(depth + 1));
          }
          return map;
        }
        case 6:
          return { tag: length, value: item(depth + 1) };
        default:
          return refuse();
      }
    };
    const value = item(0);
    if (at !== data.length) refuse();
    return value;
  }

  function bytes(data) {
    const head = data.length < 24 ? [0x40 + data.length] : data.length < 256 ? [0x58, data.length] : [0x59, data.length >> 8, data.length & 255];
    return [...head, ...data];
  }

  function fromDigits(digits) {
    if (!/^\d+$/.test(digits) || digits.length > LONGEST) refuse();
    let text = BigInt(digits).toString(16);
    if (text.length % 2) text = `0${text}`;
    const data = Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
    if (data[0] !== 1) refuse();
    return data.subarray(1);
  }

  // --- keys ----------------------------------------------------------------------------------------------------------

  const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  function fromMultibase(text) {
    if (text[0] !== "z") refuse("key");
    let number = 1n; // keeps what begins with zeros
    for (const sign of text.slice(1)) {
      const digit = BASE58.indexOf(sign);
      if (digit < 0) refuse("key");
      number = number * 58n + BigInt(digit);
    }
    const whole = number - 58n ** BigInt(text.length - 1);
    const hex = whole.toString(16);
    return Uint8Array.from((hex.length % 2 ? `0${hex}` : hex).match(/../g), (pair) => Number.parseInt(pair, 16));
  }

  const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

  function power(base, exponent) {
    let result = 1n;
    for (let square = base % P; exponent; exponent >>= 1n, square = (square * square) % P) if (exponent & 1n) result = (result * square) % P;
    return result;
  }

  // WebCrypto takes whole points only; ours are written by one coordinate and a sign.
  function wholePoint(point) {
    const x = BigInt(`0x${Array.from(point.subarray(1), (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
    const square = (((x * x * x - 3n * x + B) % P) + P) % P;
    let y = power(square, (P + 1n) / 4n);
    if ((y * y) % P !== square) refuse("key");
    if ((y & 1n) !== BigInt(point[0] & 1)) y = P - y;
    const hex = x.toString(16).padStart(64, "0") + y.toString(16).padStart(64, "0");
    return Uint8Array.from(`04${hex}`.match(/../g), (pair) => Number.parseInt(pair, 16));
  }

  function keyOf(did, kid) {
    const method = did.verificationMethod.find((one) => one.id.split("#")[1] === kid);
    return method ? fromMultibase(method.publicKeyMultibase) : refuse("key");
  }

  async function p256(did, kid) {
    const data = keyOf(did, kid);
    if (data[0] !== 0x80 || data[1] !== 0x24 || data.length !== 35) refuse("key");
    return crypto.subtle.importKey("raw", wholePoint(data.subarray(2)), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  }

  // --- the token -----------------------------------------------------------------------------------------------------

  async function verify(digits, did) {
    let message;
    let header;
    let claims;
    try {
      message = read(fromDigits(digits));
      if (message.tag !== 18 || message.value.length !== 4) refuse();
      header = read(message.value[0]);
      claims = read(message.value[2]);
    } catch (error) {
      throw error instanceof NotGenuine ? error : new NotGenuine("format");
    }
    const [head, open, payload, signature] = message.value;
    if (!(header instanceof Map) || header.get(1) !== -7 || header.size !== 2 || !(open instanceof Map) || open.size) refuse("format");
    const key = await p256(did, utf8.decode(header.get(4)));
    const signed = Uint8Array.from([0x84, 0x6a, ...new TextEncoder().encode("Signature1"), ...bytes(head), 0x40, ...bytes(payload)]);
    if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed))) refuse("signature");
    const said = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [name, claims.get(Number(key))]));
    if (said.what instanceof Uint8Array) said.what = new TextDecoder("gbk").decode(said.what);
    return said;
  }

  // --- status lists --------------------------------------------------------------------------------------------------

  function fromBase64(text) {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  }

  // Returns what a list says, and whether its own signature was checked (null: this browser knows no Ed25519).
  async function list(jwt, did) {
    const [head, body, signature] = jwt.split(".");
    const header = JSON.parse(utf8.decode(fromBase64(head)));
    const claims = JSON.parse(utf8.decode(fromBase64(body)));
    const data = keyOf(did, header.kid.split("#")[1]);
    if (header.alg !== "EdDSA" || data[0] !== 0xed || data[1] !== 1) refuse("list");
    let key = null;
    try {
      key = await crypto.subtle.importKey("raw", data.subarray(2), "Ed25519", false, ["verify"]);
    } catch {
      return { claims, checked: null };
    }
    if (!(await crypto.subtle.verify("Ed25519", key, fromBase64(signature), new TextEncoder().encode(`${head}.${body}`)))) refuse("list");
    return { claims, checked: true };
  }

  async function isSet(encoded, place) {
    // eslint-disable-next-line -- asked for by who calls
    const packed = new Blob([fromBase64(encoded.slice(1))]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bits = new Uint8Array(await new Response(packed).arrayBuffer());
    if (place < 0 || place >= bits.length * 8) refuse("list");
    return Boolean(bits[place >> 3] & (0x80 >> (place & 7)));
  }

  return { verify, list, isSet };
})();
