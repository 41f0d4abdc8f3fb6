// The report with the evidence of the chosen answer. Offsets count Unicode code points of the NFC text.

import { byId, el, fill } from "./dom.js";
import { say } from "./words.js";

/** Cut [start, end) into pieces that lie in an evidence span or outside of all. */
function pieces(start, end, evidence) {
  const cuts = new Set([start, end]);
  for (const [a, b] of evidence) for (const at of [a, b]) if (at > start && at < end) cuts.add(at);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(1).map((stop, i) => {
    const from = edges[i];
    return { from, stop, marked: evidence.some(([a, b]) => a <= from && stop <= b) };
  });
}

/** Show the report; scroll to the first piece of evidence. */
export function showReport(item, evidence) {
  const body = byId("report");
  if (!item.report) {
    fill(body, el("p", { class: "empty" }, say(item.report_problem ?? "report-missing")));
    return;
  }
  const points = Array.from(item.report.text);
  const sections = item.report.sections.map((section) => {
    const here = section.name === item.region;
    const heading = el("h3", { class: here ? "region-now" : null }, say(`section_${section.name}`) + (here ? ` · ${say("this_region")}` : ""));
    const lines = section.sentences.map(([start, end]) => sentence(points, start, end, evidence));
    return el("section", {}, heading, el("p", {}, ...lines));
  });
  fill(body, ...sections);
  const first = body.querySelector("mark");
  if (first) body.scrollTop += first.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
  else body.scrollTop = 0;
}

function sentence(points, start, end, evidence) {
  const nodes = pieces(start, end, evidence).map(({ from, stop, marked }) => {
    const text = points.slice(from, stop).join("");
    return marked ? el("mark", {}, text) : document.createTextNode(text);
  });
  return el("span", {}, ...nodes, " ");
}
