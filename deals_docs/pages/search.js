// Search in everything that has a place of its own: a result has all the words, those in its title first.
const MOST = 30;
const field = document.getElementById("search");
const results = document.getElementById("results");

function found(words) {
  const has = (text) => words.every((word) => text.toLowerCase().includes(word));
  const hits = INDEX.filter((entry) => has(`${entry.kind} ${entry.title} ${entry.text}`));
  return [...hits.filter((entry) => has(entry.title)), ...hits.filter((entry) => !has(entry.title))];
}

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length ? found(words) : [];
  results.replaceChildren(...hits.slice(0, MOST).map(shown));
  if (words.length && !hits.length) results.append("Nothing has all these words.");
  if (hits.length > MOST) results.append(`and ${hits.length - MOST} more`);
  results.hidden = !words.length;
}

function shown(entry) {
  const link = document.createElement("a");
  const kind = document.createElement("small");
  link.href = entry.url;
  kind.textContent = entry.kind;
  link.append(kind, ` ${entry.title}`);
  return link;
}

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") results.querySelector("a")?.click();
  if (event.key === "Escape") {
    field.value = "";
    show();
  }
});
results.addEventListener("click", () => {
  field.value = "";
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  }
});
