// <form data-batch-form>: makes the batch (or adds to the one named by data-batch) and sends the files one by one,
// each with its own progress. No words here: they stand in the page.

import { csrfToken, reasonOf, send } from "./requests.js";

let sending = false;

window.addEventListener("beforeunload", (event) => {
  if (sending) event.preventDefault();
});

for (const form of document.querySelectorAll("[data-batch-form]")) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  form.querySelector("[data-drop-hint]").hidden = false;

  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !input.files.length) return;
    event.preventDefault();
    begin(form, [...input.files]);
  });
}

const begin = async (form, files) => {
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
  let address = form.dataset.batch;
  if (!address) {
    const fields = new FormData(form);
    fields.delete("files");
    const answer = await send(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) {
      // The page itself says what is wrong with the fields.
      form.querySelector("input[type=file]").value = "";
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    address = (await answer.json()).address;
  }
  const panel = form.querySelector("[data-sending]");
  panel.hidden = false;
  form.querySelector("[data-drop]").hidden = true;
  panel.querySelector("[data-sending-title]").focus();
  panel.querySelector("[data-sending-leave]").href = address;
  const rows = files.map((file) => ({ file, row: rowOf(panel, file) }));
  await sendAll(form, panel, address, rows);
};

const sendAll = async (form, panel, address, rows) => {
  sending = true;
  const end = panel.querySelector("[data-sending-failed]");
  end.hidden = true;
  const failed = [];
  for (const each of rows) if (!(await sendOne(form, address, each))) failed.push(each);
  sending = false;
  if (!failed.length) {
    window.location.assign(address);
    return;
  }
  end.hidden = false;
  const again = end.querySelector("[data-sending-again]");
  again.onclick = () => sendAll(form, panel, address, failed);
  again.focus();
};

const rowOf = (panel, file) => {
  const row = panel.querySelector("[data-sending-row]").content.firstElementChild.cloneNode(true);
  row.querySelector(".fm-sending__name").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", file.name);
  tell(row, "waiting");
  panel.querySelector("[data-sending-list]").append(row);
  return row;
};

const tell = (row, state, reason = "") => {
  const words = row.querySelector(".fm-sending__state");
  row.dataset.state = state;
  words.textContent = [words.dataset[state], reason].filter(Boolean).join(" ");
};

/** Resolves to whether the server has taken the file. */
const sendOne = (form, address, { file, row }) =>
  new Promise((resolve) => {
    const words = row.querySelector(".fm-sending__state");
    const bar = row.querySelector("progress");
    const limit = Number(form.dataset.limit);
    if (limit && file.size > limit) {
      tell(row, "failed", words.dataset.tooLarge);
      resolve(false);
      return;
    }
    const request = new XMLHttpRequest();
    const fail = (reason) => {
      tell(row, "failed", reason);
      resolve(false);
    };
    request.open("POST", `${address}/files`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = (100 * event.loaded) / event.total;
      words.textContent = `${Math.floor(bar.value)}%`;
    });
    request.addEventListener("load", () => {
      if (request.status >= 400 || request.responseURL.includes("/login")) return fail(reasonOf(request.responseText) || words.dataset.otherwise);
      bar.value = 100;
      tell(row, "done");
      resolve(true);
    });
    request.addEventListener("error", () => fail(words.dataset.otherwise));
    request.addEventListener("abort", () => fail(words.dataset.otherwise));
    const body = new FormData();
    body.append("files", file);
    row.dataset.state = "sending";
    request.send(body);
  });
