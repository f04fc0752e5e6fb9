// What a page with scripts adds: charts that answer to the pointer, and tables that sort. Without it, all is there to read.
const phone = matchMedia("(max-width: 640px)");
const tip = document.body.appendChild(Object.assign(document.createElement("div"), { id: "tip", hidden: true, role: "tooltip" }));

function showTip(handler, event, item, value) {
  if (value === null || value === undefined || value === "") { tip.hidden = true; return; }
  const lines = Object.entries(value).map(([name, said]) => {
    const key = Object.assign(document.createElement("b"), { textContent: name });
    return [key, Object.assign(document.createElement("span"), { textContent: said })];
  });
  const grid = document.createElement("div");
  grid.replaceChildren(...lines.flat());
  tip.replaceChildren(grid);
  tip.hidden = false;
  const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8);
  const below = event.clientY + 16 + tip.offsetHeight < document.documentElement.clientHeight;
  tip.style.left = `${Math.max(8, left) + scrollX}px`;
  tip.style.top = `${scrollY + (below ? event.clientY + 16 : event.clientY - tip.offsetHeight - 12)}px`;
}

// The page carries Vega and the charts packed. What is unpacked runs only because the page's policy names its hash.
const unpacked = (name) => gunzipped(document.getElementById(name).textContent);

async function gunzipped(packed) {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

async function loaded() {
  const script = Object.assign(document.createElement("script"), { type: "module", textContent: await unpacked("vega") });
  const ready = new Promise((done) => addEventListener("vega", done, { once: true }));
  document.head.append(script);
  await ready;
  return JSON.parse(await unpacked("charts"));
}

async function draw(chart, given) {
  const size = phone.matches && given.narrow ? "narrow" : "wide";
  const holder = chart.querySelector(`.${given.narrow ? size : "both"}`);
  if (holder.dataset.drawn) return;
  const spec = { ...given[size], datasets: { ...given[size].datasets, ...given.data } };
  const target = document.createElement("div");
  const options = { actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: showTip, loader: { target: "_blank", rel: "noopener noreferrer" } };
  await window.vegaEmbed(target, spec, options);
  const svg = target.querySelector("svg");
  svg.setAttribute("aria-hidden", "true");
  for (const size of ["width", "height"]) svg.removeAttribute(size);
  holder.replaceChildren(svg);
  holder.dataset.drawn = "yes";
}

let specs = null;
async function drawAll() {
  if (!document.getElementById("vega") || !window.DecompressionStream) return; // the pictures stay
  specs ??= await loaded();
  const charts = [...document.querySelectorAll("[data-chart]")];
  for (const chart of charts) await draw(chart, specs[chart.dataset.chart]);
  document.documentElement.dataset.ready = String(charts.length);
}

// $5.58M, 3.2%, 1,204: what the page prints, as a number; anything else is missing.
function amount(text) {
  const [, sign, digits, size] = /^([\u2212-]?)\$?([\d.,]+)([KMBT%]?)$/.exec(text) ?? [];
  if (!digits) return null;
  return Number(digits.replaceAll(",", "")) * (sign ? -1 : 1) * ({ K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[size] ?? 1);
}

function sortBy(table, number, descending) {
  const isNumber = table.classList.contains(`n${number + 1}`);
  const key = (row) => {
    const cell = row.cells[number];
    return isNumber ? amount(cell.textContent) : cell.textContent;
  };
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [key(row), row]);
  rows.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "number" ? a - b : a.localeCompare(b, "en");
    return descending ? -order : order;
  });
  body.append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, number) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending" || (table.classList.contains(`n${number + 1}`) && !head.hasAttribute("aria-sort"));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortBy(table, number, descending);
    });
  });
}
// A packed file is handed over unpacked where scripts run.
for (const link of document.querySelectorAll('a[download$=".csv.gz"]')) {
  if (!window.DecompressionStream) break;
  link.textContent = "Download as CSV";
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const text = await gunzipped(link.getAttribute("href").split(",")[1]);
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const plain = Object.assign(document.createElement("a"), { href: address, download: link.download.replace(/\.gz$/, "") });
    plain.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  });
}
phone.addEventListener("change", drawAll);
await drawAll();
