// The page: sign in, walk through the queue, keep the place across reloads and dead servers.

import { Refused, get, newKey, send, sendPending, setCsrf, whenTrouble } from "./api.js";
import { byId, fill, toast } from "./dom.js";
import { lettersOn, showHelp } from "./help.js";
import { Queue } from "./queue.js";
import { showReport } from "./report.js";
import { SamplePane } from "./sample.js";
import { showSheet } from "./sheet.js";
import { showSummary } from "./summary.js";
import { Viewer } from "./viewer.js";
import { language, say, speak } from "./words.js";

const state = { me: null, item: null, ahead: null, busy: false, shownAt: 0, active: 0 };
const pane = new SamplePane({ decide, undo, move, pick: () => showReport(state.item, pane.evidence) });
const queue = new Queue(open);
const viewer = new Viewer();

const VIEWS = ["desk", "sheet-view", "summary-view", "sign-in"];
function view(name) {
  document.body.dataset.view = name;
  for (const id of VIEWS) byId(id).hidden = id !== name;
}

// ---- signing in: the link carries the token behind "#", which never leaves the browser but in one POST
async function signIn(token) {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/api/session", { method: "POST", headers, body: JSON.stringify({ token }) });
  if (response.ok) return true;
  byId("sign-in-error").textContent = say(response.status === 429 ? "error_too-many-requests" : "error_bad-token");
  return false;
}

byId("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await signIn(byId("token").value.trim())) await start();
});

async function start() {
  try {
    state.me = await get("/api/me");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    view("sign-in");
    byId("token").focus();
    return;
  }
  setCsrf(state.me.csrf);
  await sendPending();
  byId("who").textContent = state.me.role === "adjudicator" ? `${state.me.reviewer} · ${say("adjudicator")}` : state.me.reviewer;
  byId("run-title").textContent = state.me.title;
  byId("open-summary").hidden = state.me.role !== "adjudicator";
  byId("open-sheet").hidden = !state.me.corpus;
  progress(state.me.progress);
  const wanted = decodeURIComponent(location.hash.match(/^#s=(.+)$/)?.[1] ?? "");
  await open(wanted || state.me.start);
}

function progress({ done, total }) {
  const meter = byId("meter");
  meter.setAttribute("aria-valuemax", String(total));
  meter.setAttribute("aria-valuenow", String(done));
  byId("meter-fill").style.width = `${total ? (100 * done) / total : 0}%`;
  byId("meter-text").textContent = say("progress", { done, total, left: total - done });
}

// ---- one sample
async function fetchItem(id) {
  if (state.ahead?.id === id) return state.ahead.promise;
  return get("/api/item", { id });
}

/** Show a sample; the queue's start when it is not there; the empty desk when nothing is. */
async function open(id) {
  view("desk");
  if (!id) return nothing();
  let item;
  try {
    item = await fetchItem(id);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) return location.reload();
    if (id !== state.me.start) return open(state.me.start);
    return nothing();
  } finally {
    state.ahead = null;
  }
  show(item);
}

function show(item) {
  state.item = item;
  Object.assign(state, { shownAt: performance.now(), active: 0 });
  history.replaceState(null, "", `#s=${encodeURIComponent(item.id)}`);
  byId("place").textContent = `${item.place + 1} / ${item.count} · ${say(`task_${item.task}`)}`;
  byId("study").textContent = item.study;
  pane.show(item);
  showReport(item, pane.evidence);
  viewer.show(item);
  if (item.next) lookAhead(item.next);
}

/** Fetch what probably comes next, so that a decision shows it at once. */
function lookAhead(id) {
  const promise = get("/api/item", { id });
  promise.catch(() => {});
  state.ahead = { id, promise };
}

function nothing() {
  state.item = null;
  const words = document.createElement("p");
  words.textContent = say(state.me.role === "adjudicator" ? "no_disputes" : "queue_empty");
  fill(byId("sample"), words);
  fill(byId("decision"));
  fill(byId("report"));
  byId("desk").classList.remove("with-images");
}

// ---- deciding
function elapsed() {
  const now = document.hidden ? 0 : performance.now() - state.shownAt;
  return Math.round(state.active + now);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) state.active += performance.now() - state.shownAt;
  else state.shownAt = performance.now();
});

async function alone(work) {
  if (state.busy) return;
  state.busy = true;
  try {
    await work();
  } finally {
    state.busy = false;
  }
}

function decide(verdict, fields) {
  return alone(async () => {
    const { id, sha256 } = state.item;
    const body = { key: newKey(), sample_id: id, sample_sha256: sha256, verdict, elapsed_ms: elapsed(), ...fields };
    try {
      const made = await send("/api/decide", body);
      toast(say(`said_${verdict}`));
      progress(made.progress);
      if (made.next) await open(made.next);
      else await finished();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 401) return start();
      if (pane.mode === "read") toast(say(`error_${error.message}`));
      else pane.refused(error);
    }
  });
}

async function finished() {
  await open(state.item.id);
  toast(say("all_done"));
}

function undo() {
  return alone(async () => {
    try {
      const undone = await send("/api/undo", { key: newKey() });
      state.ahead = null;
      progress(undone.progress);
      await open(undone.sample_id);
      toast(say("undone", { verdict: say(`verdict_${undone.verdict}`) }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(say(`error_${error.message}`));
    }
  });
}

function move(direction) {
  const id = state.item?.[direction];
  if (id) return alone(() => open(id));
  toast(say(direction === "next" ? "at_end" : "at_start"));
}

// ---- keys
const LETTERS = {
  a: () => pane.act.decide("accept", pane.common()),
  e: () => pane.startEdit(),
  r: () => pane.startReject(),
  s: () => pane.act.decide("skip", pane.common()),
  n: () => pane.openNote(),
  u: undo,
  j: () => move("next"),
  k: () => move("previous"),
  ",": () => pane.step(-1),
  ".": () => pane.step(1),
  l: () => queue.show(state.item?.id, state.item?.place ?? 0),
  g: () => byId("language").click(),
  b: () => state.me.corpus && sheet(),
  "?": showHelp,
};

function keyInForm(event) {
  if (event.key === "Escape" && pane.mode !== "read") return pane.cancel();
  if (event.key === "Escape") return event.target.blur();
  const enter = event.key === "Enter";
  if (pane.mode === "edit" && enter && (event.ctrlKey || event.metaKey)) return pane.save();
  if (pane.mode === "reject" && enter && (event.ctrlKey || event.target.type === "radio")) return pane.reject();
  if (pane.mode === "reject" && event.target.type === "radio" && /^[1-9]$/.test(event.key)) return pane.pickReason(event.key);
  return undefined;
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || document.body.dataset.view !== "desk" || event.isComposing) return;
  const typing = event.target.matches("textarea, input, select");
  if (pane.mode !== "read" && event.key === "Escape") return pane.cancel();
  if (typing) return void keyInForm(event);
  if (pane.mode === "reject" && /^[1-9]$/.test(event.key)) return pane.pickReason(event.key);
  if (event.ctrlKey && event.key === "z" && pane.mode === "read") return void (event.preventDefault(), undo());
  if (event.ctrlKey || event.metaKey || event.altKey || pane.mode !== "read" || !state.item) return;
  if (event.key === "ArrowRight") return void move("next");
  if (event.key === "ArrowLeft") return void move("previous");
  const letter = event.key.length === 1;
  if ((!letter || lettersOn()) && viewer.key(event.key)) return void event.preventDefault();
  const run = lettersOn() && LETTERS[event.key.toLowerCase()];
  if (!run) return;
  event.preventDefault();
  run();
}

document.addEventListener("keydown", onKey);
document.addEventListener("keydown", (event) => {
  const away = ["sheet-view", "summary-view"].includes(document.body.dataset.view);
  if (away && event.key === "Escape" && !document.querySelector("dialog[open]")) view("desk");
});

// A link opened in a tab that is here already: another reviewer's, or another sample.
window.addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) location.reload();
  const wanted = decodeURIComponent(location.hash.match(/^#s=(.+)$/)?.[1] ?? "");
  if (wanted && state.me && wanted !== state.item?.id) alone(() => open(wanted));
});

// ---- the other views
const sheet = () => state.item && alone(async () => { await showSheet(state.item.id, () => view("desk")); view("sheet-view"); });
byId("open-sheet").addEventListener("click", sheet);
byId("open-summary").addEventListener("click", async () => { await showSummary(() => view("desk")); view("summary-view"); });

// ---- tools
byId("open-queue").addEventListener("click", () => queue.show(state.item?.id, state.item?.place ?? 0));
byId("open-help").addEventListener("click", showHelp);
byId("language").addEventListener("click", async () => {
  await speak(language === "vi" ? "en" : "vi");
  dressTools();
  if (state.item) show(state.item);
});
byId("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
byId("sign-out").addEventListener("click", async () => {
  await send("/api/sign-out", {});
  location.assign("/");
});

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem("theme", name);
}

function dressTools() {
  const button = byId("language");
  button.textContent = language === "vi" ? "English" : "Tiếng Việt";
  button.lang = language === "vi" ? "en" : "vi";
}

whenTrouble((code) => {
  const box = byId("trouble");
  box.hidden = !code;
  box.textContent = code ? say(`error_${code}`) : "";
});

theme(localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
await speak(language);
dressTools();
const token = location.hash.match(/^#token=([\w-]+)$/)?.[1];
if (token) {
  history.replaceState(null, "", "/");
  await signIn(token);
}
await start();
