// Time: the chart of calls in flight, the window that is looked at, bars of phases.

const SVG = "http://www.w3.org/2000/svg";
const percent = (part) => `${(part * 100).toFixed(4)}%`;

// Round numbers, four to eight of them, between two times.
function ticks(from, to, most = 7) {
  const span = Math.max(to - from, 1);
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw);
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return { step, found };
}

function tickLabel(micro, step) {
  if (whole.to < 1e6) return `${Number((micro / 1000).toFixed(step < 1000 ? 2 : 0))} ms`;
  return `${Number((micro / 1e6).toFixed(step < 1000 ? 4 : step < 1e6 ? 3 : 0))} s`;
}

// How many of the calls are in flight in each of so many parts of the whole time: the most within each.
function inFlight(calls, parts) {
  const moments = [];
  for (const call of calls) moments.push([field(call, "start"), 1], [Math.max(field(call, "end"), field(call, "start") + 1), -1]);
  moments.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  const most = new Uint32Array(parts);
  let current = 0;
  let part = 0;
  for (const [at, step] of moments) {
    const reached = Math.min(Math.floor((at / whole.to) * parts), parts - 1);
    while (part < reached) most[++part] = current;
    current += step;
    most[part] = Math.max(most[part], current);
  }
  return most;
}

const CHART_HEIGHT = 64; // pixels, as in the style

function area(most, highest) {
  const points = [`M0 ${CHART_HEIGHT}`];
  most.forEach((count, part) => {
    const y = (CHART_HEIGHT - (count / highest) * (CHART_HEIGHT - 6)).toFixed(1);
    points.push(`L${part} ${y}L${part + 1} ${y}`);
  });
  return `${points.join("")}L${most.length} ${CHART_HEIGHT}Z`;
}

const svg = (tag, attributes) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

let chartWindow = null;

function drawChart() {
  const chart = byId("chart");
  const width = Math.max(Math.floor(chart.clientWidth), 60);
  const all = inFlight(data.calls, width);
  const highest = Math.max(1, all.reduce((most, count) => Math.max(most, count), 0));
  const failed = state.matching.filter(hasFailed);
  const told = `At most ${plural(highest, "call")} in flight, over ${duration(whole.to)}; ${plural(failed.length, "call")} failed.`;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${CHART_HEIGHT}`, width, height: CHART_HEIGHT, preserveAspectRatio: "none", role: "img", "aria-label": told });
  drawing.append(svg("path", { d: area(all, highest), class: "flight-all" }));
  if (state.matching.length < data.calls.length) {
    drawing.append(svg("path", { d: area(inFlight(state.matching, width), highest), class: "flight-shown" }));
  } else drawing.lastChild.setAttribute("class", "flight-shown");
  const marks = new Set(failed.map((call) => Math.round((field(call, "start") / whole.to) * width)));
  drawing.append(svg("path", { d: [...marks].map((x) => `M${x} ${CHART_HEIGHT}v-7`).join(""), class: "flight-failed" }));
  chartWindow = h("div", { class: "chart-window" });
  const scale = ticks(0, whole.to, Math.max(2, Math.floor(width / 130)));
  const axis = h("div", { class: "chart-axis", "aria-hidden": "true" });
  for (const at of scale.found) {
    const label = h("span", {}, tickLabel(at, scale.step));
    label.style.left = percent(at / whole.to);
    axis.append(label);
  }
  const most = h("span", { class: "chart-most", "aria-hidden": "true" }, `${highest} in flight`);
  chart.replaceChildren(drawing, most, chartWindow, axis);
  drawWindow();
}

function drawWindow() {
  chartWindow.style.left = percent(state.from / whole.to);
  chartWindow.style.width = percent((state.to - state.from) / whole.to);
  chartWindow.hidden = !isZoomed();
  byId("window").textContent = isZoomed() ? `${offset(state.from)} to ${offset(state.to)}` : "Drag in the chart to zoom";
  byId("zoom-all").disabled = byId("earlier").disabled = byId("later").disabled = byId("zoom-out").disabled = !isZoomed();
}

function look(from, to) {
  const span = Math.min(Math.max(to - from, Math.min(20, whole.to)), whole.to);
  state.from = Math.max(0, Math.min(from, whole.to - span));
  state.to = state.from + span;
  refresh();
}

// Around the active call where there is one in the window, else around the middle.
function zoom(factor) {
  const call = state.active >= 0 && !isGroup(state.active) ? callOf(state.active) : null;
  const middle = call && isInWindow(call) ? (field(call, "start") + field(call, "end")) / 2 : (state.from + state.to) / 2;
  const span = (state.to - state.from) * factor;
  look(middle - span / 2, middle + span / 2);
}

const pan = (part) => {
  const step = (state.to - state.from) * part;
  look(state.from + step, state.to + step);
};

function listenToChart() {
  const chart = byId("chart");
  let began = null;
  const at = (event) => {
    const box = chart.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * whole.to;
  };
  const select = (event) => {
    const [from, to] = [Math.min(began, at(event)), Math.max(began, at(event))];
    chartWindow.hidden = false;
    chartWindow.style.left = percent(from / whole.to);
    chartWindow.style.width = percent((to - from) / whole.to);
    return [from, to];
  };
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    began = at(event);
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointermove", (event) => began !== null && select(event));
  chart.addEventListener("pointerup", (event) => {
    if (began === null) return;
    const [from, to] = select(event);
    began = null;
    // A click without a drag is none.
    if ((to - from) / whole.to > 0.004) look(from, to);
    else drawWindow();
  });
  chart.addEventListener("pointercancel", () => { began = null; drawWindow(); });
  chart.addEventListener("dblclick", () => look(whole.from, whole.to));
  byId("zoom-in").addEventListener("click", () => zoom(0.5));
  byId("zoom-out").addEventListener("click", () => zoom(2));
  byId("zoom-all").addEventListener("click", () => look(whole.from, whole.to));
  byId("earlier").addEventListener("click", () => pan(-0.5));
  byId("later").addEventListener("click", () => pan(0.5));
}

// -- bars ------------------------------------------------------------------------------------------------------------

// Phases as [kind, start, end], by time.
function spentBy(phases) {
  const spent = [];
  for (let at = 0; at < phases.length; at += 3) {
    spent.push([PHASES[phases[at]], phases[at + 1], phases[at + 1] + Math.max(phases[at + 2], 0)]);
  }
  return spent;
}

function allPhases(call) {
  const spent = spentBy(field(call, "phases"));
  for (const attempt of field(call, "attempts")) spent.push(...spentBy(attempt[ATTEMPT.phases]));
  return spent.sort((one, other) => one[1] - other[1]);
}

// Two gradients a bar: one element, however many phases and attempts. A delay is a thin line between what is done.
function gradient(spent, start, length, isDelay) {
  const stops = [];
  const stop = (color, from, to) => stops.push(`${color} ${percent((from - start) / length)} ${percent((to - start) / length)}`);
  let reached = start;
  for (const [phase, from, to] of spent) {
    if (to <= reached) continue;
    const begin = Math.max(from, reached);
    if (begin > reached) stop("transparent", reached, begin);
    stop((phase === "delay") === isDelay ? `var(--${KIND_OF[phase] ?? "prepare"})` : "transparent", begin, to);
    reached = to;
  }
  // What is after the last stop would have its color.
  if (reached < start + length) stop("transparent", reached, start + length);
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

// What most of the time went to, for who points at a bar.
function longest(spent) {
  const sums = {};
  for (const [phase, from, to] of spent) sums[phase] = (sums[phase] ?? 0) + to - from;
  const sorted = Object.entries(sums).sort((one, other) => other[1] - one[1]);
  return sorted.slice(0, 4).map(([phase, took]) => `${phase} ${duration(took)}`).join(", ");
}

function bar(call) {
  const start = field(call, "start");
  const length = Math.max(field(call, "end") - start, 1);
  const element = h("span", { class: "bar phased" });
  place(element, start, length);
  const spent = allPhases(call);
  element.title = longest(spent);
  if (spent.some(([, from, to]) => to > from)) {
    element.style.backgroundImage = `${gradient(spent, 0, length, true)}, ${gradient(spent, 0, length, false)}`;
  } else element.style.backgroundColor = "var(--prepare)";
  return element;
}

function place(element, start, length) {
  const span = state.to - state.from;
  element.style.left = percent((start - state.from) / span);
  element.style.width = percent(length / span);
}
