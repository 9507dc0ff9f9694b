// Elements without markup in strings: text is always text, whatever a customer is called.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element; `on…` properties listen, `data` and `class` mean what they say. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Make an SVG element. */
export function s(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Say something to a screen reader without moving the focus. */
export function announce(text) {
  document.getElementById("live").textContent = text;
}

const ICONS = {
  table: ["M2.5 3.5h13v11h-13z", "M2.5 7.5h13M7 7.5v7"],
  sun: ["M9 12.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z", "M9 1.8v1.4M9 14.8v1.4M1.8 9h1.4M14.8 9h1.4M3.9 3.9l1 1M13.1 13.1l1 1M3.9 14.1l1-1M13.1 4.9l1-1"],
  moon: ["M15 10.6A6.5 6.5 0 0 1 7.4 3a6.5 6.5 0 1 0 7.6 7.6z"],
  exit: ["M7 2.8H4.3c-.8 0-1.5.7-1.5 1.5v9.4c0 .8.7 1.5 1.5 1.5H7", "M11.5 5.5 15 9l-3.5 3.5M15 9H7.2"],
  left: ["m10.5 4.5-4.5 4.5 4.5 4.5"],
  right: ["m7.5 4.5 4.5 4.5-4.5 4.5"],
};

/** Draw a stroked icon. */
export function icon(name) {
  const paths = ICONS[name].map((d) => s("path", { d }));
  const look = { fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
  const ends = { "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  return s("svg", { viewBox: "0 0 18 18", ...look, ...ends }, ...paths);
}
