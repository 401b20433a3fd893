/* Small comforts on top of pages that work without it: the search key, list keys, filters that submit themselves, charts. */
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const stepThroughRows = (step) => {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, here + step))].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector('[data-hotkey="/"]');
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j") stepThroughRows(1);
    else if (event.key === "k") stepThroughRows(-1);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  // A second click on a form that writes must not send it twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // How hard a new password is to guess, roughly: a sign counts that neither repeats nor goes on from an earlier one.
  const bits = (text) => {
    const signs = [...text], seen = new Set();
    const pool = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[ -/:-@[-`{-~]/, 33], [/[^ -~]/, 2000]].reduce((sum, [kind, many]) => sum + (kind.test(text) ? many : 0), 0);
    const count = signs.filter((sign, at) => {
      const before = signs[at - 1], pair = before + sign;
      const goesOn = at > 0 && (Math.abs(sign.codePointAt(0) - before.codePointAt(0)) <= 1 || seen.has(pair));
      seen.add(pair);
      return !goesOn;
    }).length;
    return count * Math.log2(Math.max(pool, 2));
  };
  document.querySelectorAll("[data-strength]").forEach((line) => {
    const [meter, words] = line.children, field = document.getElementById(line.dataset.strength);
    field.addEventListener("input", () => {
      const found = bits(field.value);
      line.hidden = !field.value;
      meter.value = Math.min(found, meter.max);
      words.textContent = found < meter.low || [...field.value].length < 12 ? line.dataset.weak : found < meter.high ? line.dataset.fair : line.dataset.strong;
    });
  });
  document.querySelectorAll("[data-shows]").forEach((box) => {
    const fields = [...box.closest("form").querySelectorAll("input[type=password]")];
    box.hidden = false;
    box.addEventListener("change", (event) => fields.forEach((field) => { field.type = event.target.checked ? "text" : "password"; }));
    box.closest("form").addEventListener("submit", () => fields.forEach((field) => { field.type = "password"; }));
  });

  // On a phone the rows of a wide table become cards: each cell needs its column's name, and the table its roles.
  const COLUMNS_MIN = 4;
  const nameCells = () => document.querySelectorAll(".table-responsive > table:is(:not(.table-sm), [data-cards]):not(.heat):not([role])").forEach((table) => {
    const heads = [...table.querySelectorAll("thead th")];
    if (heads.length < COLUMNS_MIN) return;
    table.classList.add("as-cards");
    table.setAttribute("role", "table");
    table.querySelectorAll("thead, tbody").forEach((part) => part.setAttribute("role", "rowgroup"));
    heads.forEach((head) => head.setAttribute("role", "columnheader"));
    table.querySelectorAll("tr").forEach((row) => {
      row.setAttribute("role", "row");
      [...row.querySelectorAll("td, tbody th")].forEach((cell, number) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
        const head = heads[number];
        if (head && cell.colSpan === 1 && !head.querySelector(".visually-hidden")) cell.dataset.label = head.textContent.trim();
        if (["", "–"].includes(cell.textContent.trim()) && number) cell.dataset.blank = "yes";
      });
    });
  });
  if (window.matchMedia("(max-width: 767px)").matches) document.querySelectorAll("details[data-fold]").forEach((fold) => { fold.open = false; });

  // An address that names a folded section opens it.
  const unfoldNamed = () => {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = named && named.closest("details");
    if (fold) { fold.open = true; named.scrollIntoView({ block: "center" }); }
  };
  window.addEventListener("hashchange", unfoldNamed);
  unfoldNamed();

  // A swap may take away what had the focus. htmx gives it back to an element of the same id; else it goes to the new list.
  let lost = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    lost = detail.target.contains(document.activeElement) ? { target: detail.target, before: detail.target.previousElementSibling } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!lost || (document.activeElement && document.activeElement !== document.body)) return;
    const here = lost.target.isConnected ? lost.target.querySelector("[role=region]") || lost.target : lost.before && lost.before.nextElementSibling;
    lost = null;
    if (!here) return;
    if (here.tabIndex < 0) here.tabIndex = -1;
    here.focus({ preventScroll: true });
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy"); // plain http on a network of one's own
    button.textContent = button.dataset.copied;
  });

  const colours = ["#0b5a7a", "#3aa6a0", "#e0a030", "#b3524a", "#6a7fb5", "#8b9aa5", "#5a8f4a", "#93508c", "#2f4858", "#c77d4f", "#4c9ed9", "#a3a847"];
  const base = (data) => ({
    color: colours, animation: false, aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 24, top: data.series.length > 1 ? 52 : 36, bottom: data.xName ? 26 : 4, containLabel: true },
    legend: data.series.length > 1 ? { type: "scroll", top: 0, right: 8, itemWidth: 18, itemHeight: 9 } : undefined,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => (value == null ? "–" : Number(value).toLocaleString() + (data.unit || "")) },
  });
  const axes = (data) => ({
    xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c5ced4" } }, axisLabel: { color: "#55636f", interval: data.labels.length > 12 ? "auto" : 0 }, name: data.xName, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: "#55636f" } },
    yAxis: { type: "value", name: data.yName, nameGap: 14, nameTextStyle: { color: "#55636f", align: "left" }, axisLabel: { color: "#55636f", formatter: (value) => value.toLocaleString() + (data.unit || "") }, splitLine: { lineStyle: { color: "#e8edf0" } } },
  });
  // Lines differ in mark and stroke as well, for whoever does not tell the colours apart.
  const marks = ["circle", "rect", "triangle", "diamond"];
  const strokes = ["solid", "dashed", "dotted"];
  const kinds = {
    bar: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s) => ({ ...s, type: "bar", barMaxWidth: 36 })) }),
    stack: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s) => ({ ...s, type: "bar", stack: "all", barMaxWidth: 36 })) }),
    line: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s, number) => ({ ...s, type: "line", symbol: marks[number % marks.length], symbolSize: 6, smooth: false, lineStyle: { type: strokes[number % strokes.length] } })) }),
  };

  // The same figures as a table, made when it is opened.
  const tabulate = (fold, data) => fold.addEventListener("toggle", () => {
    const body = fold.querySelector("div");
    if (body.firstChild) return;
    const table = body.appendChild(document.createElement("table"));
    table.className = "table table-sm m-0";
    const line = (part, tag, cells) => {
      const row = part.insertRow();
      cells.forEach((text, number) => {
        const cell = row.appendChild(document.createElement(number ? tag : "th"));
        cell.textContent = text;
        if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
        if (number) cell.className = "number";
      });
    };
    const say = (value) => (value == null ? "–" : Number(value).toLocaleString() + (data.unit || ""));
    line(table.createTHead(), "th", [data.xName || "", ...data.series.map((s) => s.name)]);
    const rows = table.createTBody();
    data.labels.forEach((label, at) => line(rows, "td", [label, ...data.series.map((s) => say(s.data[at]))]));
  });

  const drawCharts = () => {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach((box) => {
      const source = document.getElementById(box.dataset.source);
      if (!source || box.dataset.drawn) return;
      box.dataset.drawn = "yes";
      const chart = window.echarts.init(box, null, { renderer: "canvas" });
      const data = JSON.parse(source.textContent);
      chart.setOption(kinds[box.dataset.chart](data));
      const fold = box.parentElement.querySelector(".chart-table");
      if (fold) { fold.hidden = false; tabulate(fold, data); }
      new ResizeObserver(() => chart.resize()).observe(box);
    });
  };
  nameCells();
  drawCharts();
  document.addEventListener("htmx:load", () => { nameCells(); drawCharts(); });
})();
