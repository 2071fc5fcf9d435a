/** `/docs`: the API's operations on one page, made in the browser from the OpenAPI document. Loads nothing from elsewhere. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice API</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  summary { cursor: pointer; padding: .25rem 0; }
  code, pre { font: .875rem/1.4 ui-monospace, monospace; }
  pre { overflow: auto; padding: .75rem; border: 1px solid #8884; border-radius: .375rem; }
  .method { display: inline-block; width: 4.5rem; font-weight: 600; }
  .summary { opacity: .7; }
</style>
</head>
<body>
<h1>Sluice API</h1>
<p>The document itself: <a href="/api/openapi.json">/api/openapi.json</a></p>
<main id="operations"><p>Loading…</p></main>
<script>
const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const show = (value) => element("pre", { textContent: JSON.stringify(value, null, 2) });
const describe = (path, method, operation) => {
  const heading = element("summary", {},
    element("code", { className: "method", textContent: method.toUpperCase() }),
    element("code", { textContent: path }),
    element("span", { className: "summary", textContent: "  " + (operation.summary ?? "") }));
  const { parameters, requestBody, responses } = operation;
  return element("details", {}, heading, show({ parameters, requestBody, responses }));
};
fetch("/api/openapi.json").then((answer) => answer.json()).then((api) => {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags?.[0] ?? "Other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(describe(path, method, operation));
    }
  document.getElementById("operations").replaceChildren(
    ...[...groups].flatMap(([tag, entries]) => [element("h2", { textContent: tag }), ...entries]));
}).catch((error) => {
  document.getElementById("operations").textContent = "The API document could not be read: " + error;
});
</script>
</body>
</html>
`;
