// The page's words: Vietnamese first, English one click away. A word that is missing shows its own name.

let table = {};
let reasons = {};
export let language = localStorage.getItem("language") === "en" ? "en" : "vi";

/** The words for a key, with {name} filled in. */
export function say(key, values = {}) {
  const text = table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A number as the language writes it. */
export const number = (value, digits = 1) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** The reasons for a rejection: [code, words, key]. */
export const reasonList = () => Object.entries(reasons).map(([code, r]) => [code, r[language], r.key]);
export const reasonWords = (code) => reasons[code]?.[language] ?? code;

/** Load a language and put its words on everything that is marked. */
export async function speak(next) {
  const [words, list] = await Promise.all([fetch(`/wording/${next}.json`), fetch("/reasons.json")]);
  table = await words.json();
  reasons = await list.json();
  language = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next;
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-title]")) node.title = say(node.dataset.wordTitle);
  for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", say(node.dataset.wordLabel));
}
