// The only way this page makes elements: text goes in as text, never as markup.

/** An element with attributes ("class", "data-x", on* as functions) and children (nodes or strings). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Show exactly these children. */
export const fill = (node, ...children) => node.replaceChildren(...children.filter(Boolean));

let hide = 0;
/** A short message that a screen reader speaks. */
export function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.classList.add("shown");
  clearTimeout(hide);
  hide = setTimeout(() => node.classList.remove("shown"), 3500);
}
