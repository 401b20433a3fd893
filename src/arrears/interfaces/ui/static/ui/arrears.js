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

  const colours = ["#0b5a7a", "#3aa6a0", "#e0a030", "#b3524a", "#6a7fb5", "#8b9aa5", "#5a8f4a", "#93508c", "#2f4858", "#c77d4f", "#4c9ed9", "#a3a847"];
  const base = (data) => ({
    color: colours, animation: false, aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: data.series.length > 1 ? 36 : 16, bottom: data.xName ? 24 : 4, containLabel: true },
    legend: data.series.length > 1 ? { type: "scroll", top: 0, icon: "circle", itemWidth: 9, itemHeight: 9 } : undefined,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => (value == null ? "–" : Number(value).toLocaleString() + (data.unit || "")) },
  });
  const axes = (data) => ({
    xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c5ced4" } }, axisLabel: { color: "#55636f" }, name: data.xName, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: "#55636f" } },
    yAxis: { type: "value", axisLabel: { color: "#55636f", formatter: (value) => value.toLocaleString() + (data.unit || "") }, splitLine: { lineStyle: { color: "#e8edf0" } } },
  });
  const kinds = {
    bar: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s) => ({ ...s, type: "bar", barMaxWidth: 36 })) }),
    stack: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s) => ({ ...s, type: "bar", stack: "all", barMaxWidth: 36 })) }),
    line: (data) => ({ ...base(data), ...axes(data), series: data.series.map((s) => ({ ...s, type: "line", symbolSize: 5, smooth: false })) }),
  };

  const drawCharts = () => {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach((box) => {
      const source = document.getElementById(box.dataset.source);
      if (!source || box.dataset.drawn) return;
      box.dataset.drawn = "yes";
      const chart = window.echarts.init(box, null, { renderer: "canvas" });
      chart.setOption(kinds[box.dataset.chart](JSON.parse(source.textContent)));
      new ResizeObserver(() => chart.resize()).observe(box);
    });
  };
  drawCharts();
  document.addEventListener("htmx:afterSettle", drawCharts);
})();
