// Talking to the server. A write that got no answer is kept and sent again under the same key until it is answered.

const PENDING = "pending-write";
let csrf = "";
let onTrouble = () => {};

export class Refused extends Error {
  constructor(status, body) {
    super(body.error ?? String(status));
    this.status = status;
    this.body = body;
  }
}

export const setCsrf = (word) => (csrf = word);
export const whenTrouble = (tell) => (onTrouble = tell);
export const newKey = () => crypto.randomUUID();

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function patiently(ask) {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await ask();
      if (response.status === 429 || response.status >= 502) throw new TypeError("busy");
      onTrouble(null);
      return response;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (attempt > 0) onTrouble("unreachable");
      await wait(Math.min(300 * 2 ** attempt, 3000));
    }
  }
}

/** GET, JSON. */
export async function get(path, query = {}) {
  return read(await patiently(() => fetch(`${path}?${new URLSearchParams(query)}`)));
}

/** GET, bytes; null when there is none or nobody answers. */
export async function bytes(path, query) {
  const response = await fetch(`${path}?${new URLSearchParams(query)}`).catch(() => null);
  return response?.ok ? response.arrayBuffer() : null;
}

function post(path, body) {
  const headers = { "content-type": "application/json", "x-csrf-token": csrf };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** POST once; for questions that may be lost. */
export const ask = async (path, body) => read(await post(path, body));

/** POST until it is answered, across reloads and dead servers. */
export async function send(path, body) {
  sessionStorage.setItem(PENDING, JSON.stringify({ path, body }));
  try {
    return await read(await patiently(() => post(path, body)));
  } finally {
    sessionStorage.removeItem(PENDING);
  }
}

/** Send what a reload interrupted. */
export async function sendPending() {
  const kept = sessionStorage.getItem(PENDING);
  if (!kept) return;
  const { path, body } = JSON.parse(kept);
  await send(path, body).catch((error) => {
    if (!(error instanceof Refused)) throw error;
  });
}
