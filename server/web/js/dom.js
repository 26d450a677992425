// Building the page. Data only ever becomes text nodes and checked attributes.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  stop: "M7 7h10v10H7z",
  clip: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  paper: "M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6",
  upload: "M12 16V5M7.5 9 12 4.5 16.5 9M4.5 15.5v4h15v-4",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15",
  chevron: "M6 9.5l6 6 6-6",
  arrow: "M9 6l6 6-6 6",
  message: "M4.5 5h15v11h-9l-4 3.5V16h-2z",
  mail: "M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5",
  clock: "M12 7v5.5l3.5 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  thumb: "M4 11h3.5v9H4zM7.5 11.5 11.3 3.8a2 2 0 0 1 2.5 2.3L13.2 9.5h5a2 2 0 0 1 2 2.4l-1.2 6.4a2 2 0 0 1-2 1.7H7.5",
  battery: "M3 9h15v7H3zM20.5 11.5v2M5.5 11.5h8v2h-8z",
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
