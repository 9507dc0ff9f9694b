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
  bell: ["M4.5 12.5V8a4.5 4.5 0 0 1 9 0v4.5l1.2 1.2H3.3z", "M7.4 15.6c.8.7 2.4.7 3.2 0"],
  down: ["M9 2.8v8M5.6 7.6 9 11l3.4-3.4", "M2.8 13v1.4c0 .5.4.8.8.8h10.8c.4 0 .8-.3.8-.8V13"],
  keys: ["M2 4.5h14v9H2z", "M5 7.5h.01M8 7.5h.01M11 7.5h.01M13.5 7.5h.01M6 10.8h6"],
  close: ["m4.5 4.5 9 9M13.5 4.5l-9 9"],
  overview: ["M2.8 2.8h5v5h-5zM10.2 2.8h5v5h-5zM2.8 10.2h5v5h-5zM10.2 10.2h5v5h-5z"],
  revenue: ["m2.5 12.5 4-4.5 3 2.5 6-6.5", "M11.5 4h4v4", "M2.5 15.2h13"],
  churn: ["M15 9a6 6 0 1 1-1.8-4.3", "M15.2 2.6v3h-3"],
  usage: ["M2.6 4h8.8v10H2.6z", "m11.4 7.6 4-2v6.8l-4-2"],
  costs: ["M9 15.4A6.4 6.4 0 1 0 9 2.6a6.4 6.4 0 0 0 0 12.8z", "M9 5.2v7.6M11 7c-.4-.7-1.1-1-2-1-1.1 0-2 .5-2 1.5 0 2.1 4 .9 4 3 0 1-.9 1.5-2 1.5-.9 0-1.7-.3-2.1-1"],
  customers: ["M6.6 8.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z", "M1.8 15c0-2.7 2.1-4.2 4.8-4.2s4.8 1.5 4.8 4.2", "M12 3.2a2.8 2.8 0 0 1 0 5.2M13.6 11c1.6.6 2.6 2 2.6 4"],
  health: ["M1.8 9.4h3.4l2-5 3.2 9.2 2.2-5.6.8 1.4h2.8"],
  copy: ["M6 6h9v9H6z", "M12 6V3H3v9h3"],
  out: ["M7.5 3.5h-4v11h11v-4", "M10.5 3h4.5v4.5M15 3 8.6 9.4"],
};

/** Draw a stroked icon. */
export function icon(name) {
  const paths = ICONS[name].map((d) => s("path", { d }));
  const look = { fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
  const ends = { "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  return s("svg", { viewBox: "0 0 18 18", ...look, ...ends }, ...paths);
}
