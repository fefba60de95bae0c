// Says what an upload is doing. A file that is too large is refused before a slow phone has sent it.
const MB = 1024 * 1024;
const WIDEST = 1400;
/** A photograph as large as a phone shows it, so that it loads in the rain; as it is where that is not smaller. */
async function shrink(input) {
  const file = input.files[0];
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.75));
  if (!blob || blob.size >= file.size) return;
  const smaller = new DataTransfer();
  smaller.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  input.files = smaller.files;
}
for (const input of document.querySelectorAll("form[data-shrinks] input[type=file]"))
  input.addEventListener("change", () => input.files[0] && shrink(input).catch(() => {})); // what it cannot read is sent as it is
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
