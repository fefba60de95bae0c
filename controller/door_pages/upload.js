// Says what an upload is doing. A file that is too large is refused before a slow phone has sent it.
const MB = 1024 * 1024;
const forms = [...document.querySelectorAll("form[data-largest]")];
for (const form of forms)
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    const say = form.querySelector("[role=status]");
    if (file && file.size > Number(form.dataset.largest)) {
      event.preventDefault();
      say.textContent = `This file has ${(file.size / MB).toFixed(1)} MB. A file may have at most ${form.dataset.largest / MB} MB: scan it in a lower resolution.`;
    } else if (form.dataset.sending) event.preventDefault();
    else {
      form.dataset.sending = "yes"; // once, however often the button is pressed
      say.textContent = file ? `Sending ${(file.size / MB).toFixed(1)} MB. On a slow line that takes minutes: keep this page open.` : "Sending…";
    }
  });
// Back on the page by the browser's own button, nothing is being sent.
addEventListener("pageshow", () => forms.forEach((form) => delete form.dataset.sending));
