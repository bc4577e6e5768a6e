// jsQR, the reader of many web pages, reads pictures of certificates.
// In: [{path, width, height}] on standard input, each file RGBA bytes. Out: [text or null].
import {readFileSync} from 'node:fs';
import jsqr from 'jsqr';

const read = jsqr.default ?? jsqr;
const asked = JSON.parse(readFileSync(0, 'utf8'));
const found = asked.map(({path, width, height}) => read(new Uint8ClampedArray(readFileSync(path)), width, height)?.data ?? null);
process.stdout.write(JSON.stringify(found));
