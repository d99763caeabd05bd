// <kb-attachments data-source="/address">: asks once a second for the list of files while one of them is being
// read, and swaps it in. <form data-upload>: sends the file with a progress bar; without JavaScript the same form
// is sent by the browser.
class Attachments extends HTMLElement {
  connectedCallback() {
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  plan() {
    clearTimeout(this.timer);
    if (this.querySelector("[data-unfinished]")) this.timer = setTimeout(() => this.refresh(), 1000);
  }

  async refresh() {
    try {
      const answer = await fetch(this.dataset.source, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) this.swap(await answer.text());
    } finally {
      this.plan();
    }
  }

  swap(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("kb-attachments");
    if (!fresh || fresh.innerHTML === this.innerHTML) return;
    const held = document.activeElement?.id;
    this.replaceChildren(...fresh.childNodes);
    if (held && this.contains(document.getElementById(held))) document.getElementById(held).focus();
  }
}

customElements.define("kb-attachments", Attachments);

const show = (form, name, on) => {
  const element = form.querySelector(`[data-upload-${name}]`);
  if (element) element.hidden = !on;
  return element;
};

const send = (form) => {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("progress");
  const share = form.querySelector("[data-upload-share]");
  const buttons = [...form.querySelectorAll("button")];
  const finish = (failure) => {
    for (const button of buttons) button.disabled = false;
    show(form, "running", false);
    const notice = show(form, "failed", Boolean(failure));
    if (notice && failure) {
      notice.querySelector("[data-upload-reason]").textContent = failure === true ? notice.dataset.otherwise : failure;
      notice.focus();
    }
  };
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/problem+json, text/html");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    share.textContent = `${Math.floor((100 * event.loaded) / event.total)}%`;
  });
  request.addEventListener("load", () => {
    if (request.status >= 400) return finish(reason(request));
    finish();
    form.reset();
    show(form, "done", true)?.focus();
    for (const list of document.querySelectorAll("kb-attachments")) list.refresh();
  });
  request.addEventListener("error", () => finish(true));
  request.addEventListener("abort", () => finish());
  form.querySelector("[data-upload-stop]")?.addEventListener("click", () => request.abort(), { once: true });
  const body = new FormData(form); // before the controls are disabled
  for (const button of buttons) button.disabled = !button.matches("[data-upload-stop]");
  show(form, "failed", false);
  show(form, "done", false);
  show(form, "running", true).scrollIntoView({ block: "nearest" });
  request.send(body);
};

const reason = (request) => {
  try {
    return JSON.parse(request.responseText).detail || true;
  } catch {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    return page.querySelector("[data-error-detail]")?.textContent.trim() || true;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || event.defaultPrevented) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (!files.length) return;
  event.preventDefault();
  const limit = Number(form.dataset.limit);
  const notice = form.querySelector("[data-upload-failed]");
  if (limit && files.some((file) => file.size > limit)) {
    notice.hidden = false;
    notice.querySelector("[data-upload-reason]").textContent = notice.dataset.tooLarge;
    notice.focus();
    return;
  }
  send(form);
});
