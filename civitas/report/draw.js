"use strict";
const charts = JSON.parse(document.getElementById("charts").textContent);
const plots = Array.from(document.querySelectorAll(".plot"));
for (const plot of plots) {
  const { data, layout } = charts[plot.id];
  Plotly.newPlot(plot, data, layout, { displayModeBar: false, responsive: true });
}
// Paper is narrower than most windows, and a chart is as wide as it was drawn.
addEventListener("beforeprint", () => plots.forEach((plot) => Plotly.relayout(plot, { width: 680 })));
addEventListener("afterprint", () =>
  plots.forEach((plot) => Plotly.relayout(plot, { width: null, autosize: true })),
);
