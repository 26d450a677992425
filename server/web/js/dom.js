// Building the page. Data only ever becomes text nodes and checked attributes.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  send: "M12 19V5M5.500 11.500 12 5l6.500 6.500",
  stop: "M7 7h10v10H7z",
  clip: "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600",
  check: "M5 12.500l4.500 4.500L19 7.500",
  paper: "M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6",
  upload: "M12 16V5M7.500 9 12 4.500 16.500 9M4.500 15.500v4h15v-4",
  download: "M12 4v11M7.500 11 12 15.500 16.500 11M4.500 19.500h15",
  chevron: "M6 9.500l6 6 6-6",
  arrow: "M9 6l6 6-6 6",
  message: "M4.500 5h15v11h-9l-4 3.500V16h-2z",
  mail: "M3.500 6h17v12h-17zM4 6.500l8 6.500 8-6.500",
  clock: "M12 7v5.500l3.500 2M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z",
  battery: "M3 9h15v7H3zM20.500 11.500v2M5.500 11.500h8v2h-8z",
};

/** An element: `class`, `text`, `on` (listeners), `data` and plain attributes; children are nodes or strings. */
export function el(name, { class: classes, text, on = {}, data = {}, ...attributes } = {}, ...children) {
  return dress(document.createElement(name), { classes, text, on, data, attributes }, children);
}

export function svg(name, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, name), { attributes }, children);
}

/** One of the page's own drawings; decoration, hidden from screen readers. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: SHAPES[name] }));
}

export function byId(id) {
  return document.getElementById(id);
}

export function button(label, classes, onClick, ...before) {
  return el("button", { type: "button", class: `button ${classes}`, on: { click: onClick } }, ...before, label);
}

/** Read out by screen readers, seen by nobody. */
export function announce(text) {
  byId("announcer").textContent = text;
}

function dress(node, { classes, text, on = {}, data = {}, attributes }, children) {
  if (classes) node.setAttribute("class", classes);
  if (text !== undefined) node.textContent = text;
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  for (const [key, value] of Object.entries(data)) node.dataset[key] = value;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
