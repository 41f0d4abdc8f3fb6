// How far the review is and how far the readers agree: for the adjudicator.

import { get } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { number, say } from "./words.js";

const share = (value) => (value === null ? "–" : number(value, 3));

function table(heads, rows) {
  const cell = (value, i) => el("td", { class: i ? "number" : null }, String(value));
  return el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell)))));
}

const typeName = (name) => (name === "all" ? say("sum_all") : say(`type_${name}`).replace(/^type_/, ""));

/** Fill the summary; `back` returns to the desk. */
export async function showSummary(back) {
  const found = await get("/api/summary");
  const people = found.reviewers.map((w) => [w.name, w.assigned, w.verdicts.accept, w.verdicts.edit, w.verdicts.reject, w.seconds_each === null ? "–" : number(w.seconds_each, 1)]);
  const agreed = Object.entries(found.agreement).map(([name, a]) => [typeName(name), a.items, share(a.observed), share(a.cohen), share(a.fleiss), share(a.ac1)]);
  fill(byId("summary-view"),
    el("div", { class: "sheet-head" }, el("h1", {}, say("summary_title")), el("button", { type: "button", onclick: back }, say("sheet_back"), el("kbd", {}, "Esc"))),
    table([say("sum_samples"), say("sum_settled"), say("sum_disputed"), say("sum_waiting"), say("state_accept"), say("state_edit"), say("state_reject")],
      [[found.samples, found.states.settled, found.states.disputed, found.states.waiting, found.final.accept, found.final.edit, found.final.reject]]),
    table([say("sum_reviewer"), say("sum_assigned"), say("state_accept"), say("state_edit"), say("state_reject"), say("sum_seconds")], people),
    table([say("sum_type"), say("sum_read_twice"), say("sum_observed"), "Cohen κ", "Fleiss κ", "Gwet AC1"], agreed),
    el("p", { class: found.broken_link === null ? "muted" : "error" }, found.broken_link === null ? say("sum_chain", { n: found.records }) : say("sum_broken", { n: found.broken_link })));
  byId("summary-view").querySelector("button").focus();
}
