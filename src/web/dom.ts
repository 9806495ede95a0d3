import { bytesText } from '../inspect/amounts.ts';

/** Elements in one expression. */
type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | ((event: never) => void)>>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element of the page that has this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** A count of sectors with what it is in bytes: `2048 sectors (1 MiB)`. */
export function sectorsText(sectors: number): string {
  return `${whole(sectors)} sectors (${bytesText(sectors * 512)})`;
}

/** With narrow blanks between thousands. Not by `toLocaleString`, which takes microseconds for each. */
export function whole(value: number): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(1)));
  return text.length < 4 ? text : text.replace(/\d(?=(?:\d{3})+(?:\.|$))/g, '$&\u202f');
}
