// The records, read once, and which of their rows are shown.

const data = JSON.parse(document.getElementById("data").textContent);
const texts = data.texts;
const FIELD = Object.fromEntries(data.fields.map((name, place) => [name, place]));
const ATTEMPT = Object.fromEntries(data.attempt.map((name, place) => [name, place]));
const PHASES = Object.keys(data.phases);
const KIND_OF = {};
for (const [kind, phases] of Object.entries(data.kinds)) for (const phase of phases) KIND_OF[phase] = kind;

const byId = (id) => document.getElementById(id);
// -1 stands for nothing.
const textAt = (index) => (index < 0 ? null : texts[index]);
const field = (call, name) => call[FIELD[name]];
const fieldText = (call, name) => textAt(call[FIELD[name]]);
const nameOf = (call) => `${fieldText(call, "service")}.${fieldText(call, "operation")}`;
const hasFailed = (call) => field(call, "error") >= 0;

// Elements are made and filled with text; nothing here is ever read as HTML.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

function duration(micro) {
  if (micro < 0) return "under way";
  if (micro < 9_950) return `${(micro / 1000).toFixed(2)} ms`;
  if (micro < 999_500) return `${(micro / 1000).toFixed(1)} ms`;
  if (micro < 99_995_000) return `${(micro / 1e6).toFixed(2)} s`;
  return `${Math.floor(micro / 60e6)} min ${Math.floor((micro % 60e6) / 1e6)} s`;
}

const offset = (micro) => `+${(micro / 1e6).toFixed(3)} s`;
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
const clock = (micro) => new Date(data.began * 1000 + micro / 1000).toISOString().replace("T", " ").replace("Z", " UTC");

function size(bytes) {
  if (bytes < 0) return "unknown size";
  if (bytes < 1000) return plural(bytes, "byte");
  if (bytes < 999_500) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 999_500_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function statusOf(call) {
  const status = field(call, "status");
  const error = fieldText(call, "error");
  if (error !== null) return status < 0 || error === String(status) ? error : `${status} ${error}`;
  if (status >= 0) return String(status);
  return field(call, "took") < 0 ? "under way" : "no request";
}

// Rows from top to bottom: calls, and groups with their calls below them.
const rowCount = data.rows.length / 3;
const depthOf = (row) => data.rows[3 * row];
const callOf = (row) => data.calls[data.rows[3 * row + 1]];
const groupOf = (row) => data.groups[-1 - data.rows[3 * row + 1]];
const above = (row) => data.rows[3 * row + 2];
const isGroup = (row) => data.rows[3 * row + 1] < 0;
const parents = new Set();
for (let row = 0; row < rowCount; row++) if (above(row) >= 0) parents.add(above(row));
const groupRows = [...parents];

const whole = {
  from: 0,
  to: data.calls.reduce((end, call) => Math.max(end, field(call, "end")), 1),
};
const times = Float64Array.from(data.calls.map((call) => field(call, "took")).filter((took) => took >= 0)).sort();
const slowFrom = times.length ? times[Math.min(times.length - 1, Math.floor(times.length * 0.95))] : 0;

const state = {
  words: [],
  service: "",
  operation: "",
  failed: false,
  retried: false,
  slow: false,
  from: whole.from,
  to: whole.to,
  collapsed: new Set(rowCount > 300 ? groupRows : []),
  shown: [], // rows, from top to bottom
  matched: 0, // calls
  active: -1, // a row
  open: -1, // a row
};
const isZoomed = () => state.from > whole.from || state.to < whole.to;
const isFiltered = () =>
  state.words.length > 0 || state.service || state.operation || state.failed || state.retried || state.slow;

// What is searched: made with the first search, as most visits have none.
let haystacks = null;
function haystack(row) {
  haystacks ??= new Array(rowCount);
  return (haystacks[row] ??= written(row).join("\n").toLowerCase());
}

function written(row) {
  const parts = [];
  for (let up = above(row); up >= 0; up = above(up)) {
    if (isGroup(up)) parts.push(textAt(groupOf(up)[0]), textAt(groupOf(up)[1]));
  }
  const call = callOf(row);
  parts.push(nameOf(call), `#${field(call, "number")}`, statusOf(call));
  for (const name of ["message", "region", "caller", "thread", "task", "requestId", "parameters"]) {
    parts.push(fieldText(call, name) ?? "");
  }
  parts.push(...field(call, "remarks").map(textAt));
  for (const attempt of field(call, "attempts")) {
    for (const name of ["error", "url", "peer", "requestId", "reason", "requestBody", "responseBody"]) {
      parts.push(textAt(attempt[ATTEMPT[name]]) ?? "");
    }
    for (const name of ["requestHeaders", "responseHeaders"]) {
      const headers = attempt[ATTEMPT[name]];
      for (let at = 0; at < headers.length; at += 2) parts.push(`${textAt(headers[at])}: ${textAt(headers[at + 1])}`);
    }
    parts.push(String(attempt[ATTEMPT.status]), ...attempt[ATTEMPT.remarks].map(textAt));
  }
  const runs = field(call, "handlers");
  for (let at = 0; at < runs.length; at += 7) parts.push(...data.handlers[runs[at]].map(textAt));
  return parts;
}

// A call that began when or before the window did, and ended after it, is in it.
const isInWindow = (call) => field(call, "start") <= state.to && field(call, "end") >= state.from;

function matches(row) {
  const call = callOf(row);
  if (state.service && fieldText(call, "service") !== state.service) return false;
  if (state.operation && fieldText(call, "operation") !== state.operation) return false;
  if (state.failed && !hasFailed(call)) return false;
  if (state.retried && field(call, "attempts").length < 2) return false;
  if (state.slow && field(call, "took") < slowFrom) return false;
  return state.words.every((word) => haystack(row).includes(word));
}

// The calls that match, and the groups they are in; what is below a collapsed row is left out, but counted.
function choose() {
  const kept = new Uint8Array(rowCount);
  state.matched = 0;
  state.matching = [];
  for (let row = 0; row < rowCount; row++) {
    if (isGroup(row) || !matches(row)) continue;
    state.matching.push(callOf(row));
    if (!isInWindow(callOf(row))) continue;
    state.matched++;
    for (let up = row; up >= 0 && !kept[up]; up = above(up)) kept[up] = 1;
  }
  state.shown = [];
  let hiddenBelow = Infinity;
  for (let row = 0; row < rowCount; row++) {
    if (depthOf(row) > hiddenBelow) continue;
    hiddenBelow = Infinity;
    if (!kept[row]) continue;
    state.shown.push(row);
    if (state.collapsed.has(row)) hiddenBelow = depthOf(row);
  }
}
