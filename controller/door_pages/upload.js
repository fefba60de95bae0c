// Says what an upload is doing. A file that is too large is refused before a slow phone has sent it.
const MB = 1024 * 1024;
const forms = [...document.querySelectorAll("form[data-largest]")];
for (const form of forms)
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    const say = form.querySelector("[role=status]");
    const tooLarge = file && file.size > Number(form.dataset.largest);
    if (tooLarge || form.dataset.sending) event.preventDefault();
    if (tooLarge)
      say.textContent = `This file has ${(file.size / MB).toFixed(1)} MB. A file may have at most ${form.dataset.largest / MB} MB: scan it in a lower resolution.`;
    else if (file && !form.dataset.sending) {
      form.dataset.sending = "yes";
      say.textContent = `Sending ${(file.size / MB).toFixed(1)} MB. On a slow line that takes minutes: keep this page open.`;
    }
  });
// Back on the page by the browser's own button, nothing is being sent.
addEventListener("pageshow", () => forms.forEach((form) => delete form.dataset.sending));
