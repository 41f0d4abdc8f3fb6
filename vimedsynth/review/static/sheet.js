// The lesion sheet of a study: what was extracted, corrected by the physician, in the official keys.

import { Refused, get, newKey, send } from "./api.js";
import { byId, el, fill, toast } from "./dom.js";
import { language, say } from "./words.js";

// The official keys of the data set, spelt as its scorer reads them; they are data, not words of the page.
const SHAPE = "Hình dạng của khối u, tổn thương, bất thường";
const PLACE = "Vị trí của khối u, tổn thương, bất thường";
const SIZE = "Kích thước khối u, tổn thương, bất thường";
const FDG = "Mức độ FDG";
const FIELDS = [[SHAPE], [PLACE], [SIZE], [FDG, "SUVmax"], [FDG, "Tăng chuyển hoá FDG"], ["Xâm lấn"], ["Giai đoạn chuyển hoá"]];

const empty = () => ({ [SHAPE]: "", [PLACE]: "", [SIZE]: "", [FDG]: { SUVmax: "", "Tăng chuyển hoá FDG": "" }, "Xâm lấn": "", "Giai đoạn chuyển hoá": "" });

/** Fill the sheet of a sample's study; `back` returns to the desk. */
export async function showSheet(sampleId, back) {
  const sheet = await get("/api/sheet", { id: sampleId });
  draw({ sampleId, back, study: sheet.study, confirmed: sheet.confirmed, lesions: sheet.lesions });
  byId("sheet-view").querySelector("textarea, input, button")?.focus();
}

function draw(state) {
  const at = state.confirmed && new Date(state.confirmed).toLocaleString(language);
  const redraw = (lesions) => draw({ ...state, lesions });
  const cards = state.lesions.map((lesion, i) => card(lesion, i, () => redraw(state.lesions.filter((_, j) => j !== i))));
  fill(byId("sheet-view"),
    el("div", { class: "sheet-head" },
      el("div", {}, el("h1", {}, `${say("sheet_title")} · ${state.study}`), el("p", { class: "muted" }, say("sheet_text"))),
      el("div", { class: "row" },
        el("span", { class: `chip ${at ? "accept" : ""}` }, at ? say("sheet_confirmed", { at }) : say("sheet_open")),
        el("button", { type: "button", onclick: state.back }, say("sheet_back"), el("kbd", {}, "Esc")))),
    ...(cards.length ? cards : [el("p", {}, say("sheet_none"))]),
    el("p", { class: "error", id: "sheet-error", role: "alert" }),
    el("div", { class: "row" },
      el("button", { type: "button", onclick: () => redraw([...state.lesions, empty()]) }, say("lesion_add")),
      el("button", { type: "button", class: "primary", id: "confirm-sheet", onclick: () => confirm(state) }, say("sheet_confirm"))));
}

function card(lesion, i, drop) {
  const fields = FIELDS.map((path, j) => {
    const holder = path.length > 1 ? lesion[path[0]] : lesion;
    const key = path.at(-1);
    const id = `lesion-${i}-${j}`;
    const input = el("textarea", { id, rows: "2", maxlength: "1000", spellcheck: "false", value: String(holder[key] ?? ""), oninput: (e) => (holder[key] = e.target.value) });
    return el("label", { for: id }, key, input);
  });
  return el("section", { class: "lesion", "aria-label": say("lesion", { n: i + 1 }) },
    el("div", { class: "title" }, el("h2", {}, say("lesion", { n: i + 1 })), el("button", { type: "button", class: "quiet", onclick: drop }, say("lesion_drop"))), ...fields);
}

async function confirm(state) {
  try {
    const kept = await send("/api/sheet", { key: newKey(), sample_id: state.sampleId, lesions: state.lesions });
    draw({ ...state, ...kept });
    toast(say("sheet_saved"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    byId("sheet-error").textContent = say(`error_${error.message}`);
  }
}
