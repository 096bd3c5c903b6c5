// The console. Whatever it does, it does by the operations of openapi/admin.yaml, at addresses relative to
// the page: so they are about its world. What the page shows is rendered by the server and fetched again
// when something changes; only the journal is made of the events of the stream (journal.js).

import { element, row } from "./journal.js";

const MOST_ENTRIES = 200; // that the page shows

const byId = (id) => document.getElementById(id);

// Buttons: data-call says the method and path, the form's fields and data-body are the body.

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if (button.dataset.token) await copy(button);
  else if ("open" in button.dataset) open(event.target.elements.name.value);
  else await call(button, event.target);
});

async function call(button, form) {
  const body = { ...filled(button.formNoValidate ? [] : form.elements), ...JSON.parse(button.dataset.body ?? "{}") };
  const name = body.name;
  const [method, pattern] = button.dataset.call.split(" ");
  const path = pattern.replace("{name}", encodeURIComponent(name));
  delete body.name; // it is never in a body, only in paths
  const [succeeded, message] = await send(method, path, body);
  show(form, succeeded ? button.dataset.done ?? message ?? "Done" : message, succeeded);
  if (succeeded && button.dataset.then === "open") open(name);
  else if (succeeded && button.dataset.then === "leave" && name === document.body.dataset.world) open("base");
  else if (succeeded && method === "DELETE" && path === "journal") clear();
  else await refresh();
}

function filled(fields) {
  const named = [...fields].filter((field) => field.name && field.value !== "");
  return Object.fromEntries(named.map((field) => [field.name, field.value]));
}

async function send(method, path, body) {
  const options = { method };
  if (Object.keys(body).length) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(`./${path}`, options);
    const told = await response.json();
    return [response.ok, Object.values(told.errors ?? {}).join("; ") || told.message];
  } catch {
    return [false, "The mock does not answer"];
  }
}

function show(form, text, succeeded) {
  const output = form.querySelector("output");
  output.textContent = text;
  output.classList.toggle("error", !succeeded);
}

const open = (world) => location.assign(`/worlds/${encodeURIComponent(world)}/__admin/`);

async function copy(button) {
  const output = byId("copied");
  const name = button.parentElement.querySelector("bdi").textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.token);
    output.replaceChildren(`The token of ${name} is copied.`);
  } catch { // not allowed, as under another host name than localhost
    output.replaceChildren(`The token of ${name}: `, element("code", "", button.dataset.token));
  }
}

// The parts of the page that follow the world: data-live.

const changed = new Set(); // ids of deals that are new or have changed
let refreshing = false;
let outdated = false; // whether something has changed since the page was last fetched

async function page() {
  const answer = await fetch("./");
  return answer.ok ? answer.text() : "";
}

async function refresh() {
  outdated = true;
  if (refreshing || deleted) return;
  refreshing = true;
  while (outdated) {
    outdated = false;
    const text = await page().catch(() => ""); // if the mock is away, the stream finds it again
    if (text) present(new DOMParser().parseFromString(text, "text/html"));
  }
  refreshing = false;
}

function present(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) replace(part, fresh.getElementById(part.id));
  for (const id of changed) point(byId(`deal-${id}`));
  changed.clear();
  fetched = performance.now();
}

function replace(part, fresh) {
  if (!fresh || part.innerHTML === fresh.innerHTML) return;
  const focused = part.contains(document.activeElement) && document.activeElement.id;
  const scrolled = [...part.querySelectorAll("[id]")].filter((each) => each.scrollTop).map((each) => [each.id, each.scrollTop]);
  part.replaceChildren(...fresh.childNodes);
  for (const [id, top] of scrolled) if (byId(id)) byId(id).scrollTop = top;
  if (focused) (byId(focused) ?? part).focus();
}

function point(card) {
  if (!card) return; // deleted, or among those that are not shown
  card.classList.add("changed");
  const [list, item] = [card.closest("ul"), card.parentElement];
  list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 3; // the page itself stays where it is
}

let soon;
function refreshSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    refresh();
  }, 50);
}

// The clock runs on between two refreshes.

let fetched = performance.now();
setInterval(() => {
  const time = document.querySelector("#state time[data-runs]");
  if (!time) return;
  const now = new Date(Date.parse(time.dateTime) + performance.now() - fetched);
  time.textContent = `${now.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}, 1000);

// The journal.

const journal = byId("journal");
let latest = null; // the number of the last request that is shown

function add(request) {
  latest = request.number;
  journal.prepend(row(request));
  while (journal.children.length > MOST_ENTRIES) journal.lastChild.remove();
  byId("nothing").hidden = true;
  for (const change of request.changes) if (change.table === "deals") changed.add(change.id);
}

function clear() {
  journal.replaceChildren();
  byId("nothing").hidden = false;
}

// The stream. A hidden page lets go of it: browsers open only six connections to a server.

let source;
let deleted = false; // naming the world would make it again

function listen() {
  source = new EventSource(latest === null ? "./events" : `./events?since=${latest}`);
  source.addEventListener("open", () => {
    say("Live", true);
    refresh(); // what has changed since the page was fetched, or while the mock was away
  });
  source.addEventListener("error", () => say(source.readyState === EventSource.CLOSED ? "Not connected: reload the page" : "Connecting again…"));
  source.addEventListener("request", (event) => add(JSON.parse(event.data)));
  source.addEventListener("changed", refreshSoon);
  source.addEventListener("cleared", clear);
  source.addEventListener("deleted", () => {
    deleted = true;
    source.close();
    say("This world was deleted");
  });
}

function say(text, live = false) {
  const status = byId("live");
  status.textContent = text;
  status.classList.toggle("on", live);
}

document.addEventListener("visibilitychange", () => {
  source.close();
  if (!document.hidden && !deleted) listen();
});
listen();

// Fields that offer a list fetch it when they are first used.

document.addEventListener("focusin", async ({ target }) => {
  const list = target.dataset?.list && byId(target.dataset.list);
  if (!list || list.children.length) return;
  const { data } = await (await fetch(`./${target.dataset.list}`)).json();
  list.replaceChildren(...data.map(({ name, does }) => new Option(does, name)));
});

// Why a deal has its risk.

document.addEventListener("click", async (event) => {
  const card = event.target.closest("[data-deal]");
  if (!card) return;
  const dialog = byId("explanation");
  const [title, text, rows] = ["h2", "p", "tbody"].map((tag) => dialog.querySelector(tag));
  title.textContent = card.querySelector(".name").textContent;
  rows.replaceChildren();
  const response = await fetch(`./explain/deals/${card.dataset.deal}`);
  const told = await response.json();
  dialog.querySelector("table").hidden = !told.factors?.length;
  text.textContent = summary(card.dataset.deal, told);
  for (const factor of told.factors ?? []) rows.append(explained(factor));
  dialog.showModal();
});

function summary(id, told) {
  if (!told.factors) return told.message;
  return told.risk_score === null ? `Deal ${id} is closed, so it has no risk.` : `Deal ${id} has a risk of ${told.risk_score} of 100.`;
}

function explained({ label, applies, weight, most, detail, rule }) {
  const name = element("th", "", label, element("small", "", rule));
  name.scope = "row";
  return element("tr", applies ? "" : "off", name, element("td", "", `${weight} of ${most}`), element("td", "", applies ? detail : "does not apply"));
}
