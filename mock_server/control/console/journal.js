// How a request of the journal is shown: a line, its change set, what was wrong with it, and its bodies,
// which are fetched when somebody opens them.

const TO_MICROSECONDS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z$/;
const LONGEST = 60; // characters of a value in a change set
const LONGEST_BODY = 20_000; // characters

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children); // text stays text
  return made;
}

export function row(request) {
  const line = element(
    "summary",
    "line",
    element("span", "number", `#${request.number}`),
    element("b", "method", request.method),
    element("code", "path", request.path + (request.query && `?${request.query}`)),
    element("b", `status s${Math.floor(request.status / 100)}`, String(request.status)),
    element("span", "ms", `${request.milliseconds} ms`),
    element("span", "person", request.person ?? "nobody"),
  );
  if (request.sent_by !== "client") line.append(element("span", "tag", request.sent_by));
  if (request.answered_by !== "api") line.append(element("span", "tag", request.answered_by));
  const entry = element("li", "entry", messages(request.number, line));
  if (request.changes.length) entry.append(changeSet(request));
  if (request.broken_rules.length) entry.append(element("ul", "changes", ...request.broken_rules.map(broken)));
  return entry;
}

function changeSet(request) {
  const list = element("ul", "changes", ...request.changes.map((change) => element("li", "", ...told(change))));
  if (request.changes_omitted) list.append(element("li", "", `… and ${request.changes_omitted} more records`));
  return list;
}

function told({ table, id, before, after }) {
  const record = element("b", "", `${table} ${id}`);
  if (!before) return [record, " added: ", named(after)];
  if (!after) return [record, " removed: ", named(before)];
  const fields = Object.keys({ ...before, ...after }).map((name) =>
    element("span", "field", `${name} `, element("del", "", short(before[name])), " → ", element("ins", "", short(after[name]))),
  );
  return [record, " ", ...fields];
}

const RESTS_ON = { documented: "documented", site: "from the site's other pages", guess: "our guess" };

function broken({ message, rests_on, line, did_you_mean }) {
  const rule = element("li", "", message, " ", element("small", "", `(${RESTS_ON[rests_on]}, deals.yaml line ${line})`));
  if (did_you_mean !== null) rule.append(" Did you mean ", element("ins", "", short(did_you_mean)), "?");
  return rule;
}

const named = (record) => short(record.name ?? record.title ?? record.content ?? record.subject ?? "");

function short(value) {
  const text = typeof value === "string" ? value.replace(TO_MICROSECONDS, "$1") : JSON.stringify(value ?? null);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

// The bodies.

function messages(number, line) {
  const place = element("div", "messages");
  const details = element("details", "", line, place);
  details.addEventListener("toggle", async () => place.replaceChildren(...(details.open ? await fetched(number) : [])));
  return details;
}

async function fetched(number) {
  try {
    const response = await fetch(`./journal/${number}`);
    const told = await response.json();
    if (!response.ok) return [element("p", "hint", told.message)];
    const asked = element("p", "hint", "Asked for ", element("code", "", told.asked));
    return [asked, message("Request", told.request), message("Response", told.response)];
  } catch {
    return [element("p", "hint", "The mock does not answer")];
  }
}

function message(title, { headers, body }) {
  const text = body === null ? absent(headers) : indented(body);
  const group = element("div", "body", element("b", "", title));
  group.role = "group";
  group.ariaLabel = `${title} body`;
  if (body === null) group.append(element("p", "hint", text));
  else group.append(scrolling(text.slice(0, LONGEST_BODY)));
  const more = text.length - LONGEST_BODY;
  if (more > 0) group.append(element("p", "hint", `… and ${more.toLocaleString("en")} more characters`));
  return group;
}

function scrolling(text) {
  const pre = element("pre", "", text);
  pre.tabIndex = 0; // so that the keyboard can scroll it
  return pre;
}

function absent(headers) {
  const announced = Number(headers["content-length"]) || "transfer-encoding" in headers;
  return announced || !Object.keys(headers).length ? "The body was not kept" : "No body";
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // a file, or what is no JSON
  }
}
