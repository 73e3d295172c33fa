const by = (id) => document.querySelector(`#${id}`);

function row(list, id) {
  const known = id === undefined ? null : document.querySelector(`[data-id="${id}"]`);
  if (known !== null) return known;
  const made = document.createElement("li");
  if (id !== undefined) made.dataset.id = id;
  list.prepend(made);
  return made;
}

function piece(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function showOrder({ id, customer, item, isReady }) {
  const line = row(by("orders"), id);
  line.classList.toggle("ready", isReady);
  const state = piece("b", isReady ? "ready" : "in the workshop");
  line.replaceChildren(piece("small", `#${id}`), piece("span", `${item}, for ${customer}`), state);
  by("none").hidden = true;
}

function showRemark({ who, text }) {
  row(by("remarks")).append(piece("small", who), piece("span", text));
}

async function showAbout() {
  const answer = await fetch("/about");
  if (!answer.ok) return;
  const about = Object.entries(await answer.json());
  by("about").textContent = about
    .map(([name, value]) => `${name}: ${[value].flat().join(", ") || "none"}`)
    .join(" · ");
}

const live = new EventSource("/live");
live.addEventListener("open", () => {
  for (const list of ["orders", "remarks"]) by(list).replaceChildren();
  void showAbout();
});
live.addEventListener("order", ({ data }) => showOrder(JSON.parse(data)));
live.addEventListener("remark", ({ data }) => showRemark(JSON.parse(data)));
setInterval(showAbout, 2_000);

by("order").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch("/orders", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  by("problem").textContent = answer.ok ? "" : (await answer.json()).message;
  if (answer.ok) form.item.value = "";
});
