// Keeps door pages readable without signal, each until its code is no longer good. The page itself needs none of this.
const PAGES = "door-pages";
const PHOTOS = "door-photos";
const KEEP_FOR = "Hallkeeper-Keep-For";
const KEPT_UNTIL = "Kept-Until";
/** After so long without an answer the page is shown as it was. */
const READS_MS = 5000;
const WRITES_MS = 30_000;

/** The address of the page that a request is about: what lies below it, such as its QR code, belongs to it. */
function pageOf(url) {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/(\/d\/(?:series\/[^/]+|(?!series\/)[^/]+))\/.*$/, "$1");
}

function isGood(response) {
  return Number(response.headers.get(KEPT_UNTIL)) > Date.now();
}

/** Keeps an answer, or forgets the page where the answer says that it is not to be kept. */
async function keep(page, response) {
  const pages = await caches.open(PAGES);
  const seconds = Number(response.headers.get(KEEP_FOR));
  if (response.ok && seconds > 0) {
    const headers = new Headers(response.headers);
    headers.set(KEPT_UNTIL, String(Date.now() + seconds * 1000));
    const text = await response.text();
    await pages.put(page, new Response(text, { headers }));
    await keepPhotos(page, text);
  } else if (response.status < 500) await pages.delete(page);
}

/** Keeps the photographs on a page, and forgets those that were on it before. */
async function keepPhotos(page, text) {
  const photos = await caches.open(PHOTOS);
  const wanted = [...text.matchAll(/<img [^>]*src="([^"]+)"/g)].map((found) => new URL(found[1].replaceAll("&amp;", "&"), page).href);
  for (const { url } of await photos.keys()) if (pageOf(url) === page && !wanted.includes(url)) await photos.delete(url);
  for (const url of wanted) if (!(await photos.match(url))) await photos.add(url).catch(() => {});
}

/** Keeps the page as it is now. */
async function refresh(page) {
  await fetch(page).then((response) => keep(page, response), () => {});
}

async function sweep() {
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) {
    const response = await pages.match(request);
    if (response && !isGood(response)) await pages.delete(request);
  }
  const photos = await caches.open(PHOTOS);
  for (const { url } of await photos.keys()) if (!(await pages.match(pageOf(url)))) await photos.delete(url);
}

/** The page as it was, with a word that it is old, or that what was sent may have been done. What lies below it leads
 * to it. */
async function kept({ url, method }) {
  await sweep();
  const page = pageOf(url);
  const response = await (await caches.open(PAGES)).match(page);
  if (!response) return null;
  if (!page.endsWith(new URL(url).pathname)) return Response.redirect(page, 303);
  const text = await response.text();
  const said = text.replace(method === "GET" ? /<!--kept (.*?)-->/ : /<!--sent (.*?)-->/, '<p class="card word" role="status">$1</p>');
  return new Response(said, { headers: response.headers });
}

async function fresh(request) {
  const response = await fetch(request);
  const page = pageOf(request.url);
  if (request.method !== "GET") await refresh(page);
  else if (page.endsWith(new URL(request.url).pathname)) await keep(page, response.clone());
  return response;
}

async function answer(request) {
  const old = await kept(request);
  const asked = fresh(request);
  if (!old) return asked;
  const tired = new Promise((resolve) => setTimeout(() => resolve(old), request.method === "GET" ? READS_MS : WRITES_MS));
  return Promise.race([asked.then((response) => (response.status >= 500 ? old : response), () => old), tired]);
}

async function begin() {
  await clients.claim();
  await sweep();
  for (const { url } of await clients.matchAll({ type: "window" })) await refresh(pageOf(url));
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(answer(event.request));
  else if (event.request.destination === "image") event.respondWith(caches.match(event.request.url).then((photo) => photo ?? fetch(event.request)));
});
