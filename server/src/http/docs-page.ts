import { html } from '../kernel/html.ts';

/**
 * Swagger UI builds its icons from `data:` images and sets styles on elements; everything else comes from this server and goes to it.
 * `form-action` is closed: the Authorize dialog sends by script.
 */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page of the interactive documentation. All addresses are relative, so that it works behind a path prefix. */
export const docsPage = (title: string): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs scripts. <a href="redoc">The same reference without them.</a></noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`.toString();

/** Starts Swagger UI. `validatorUrl: null`: no badge, and so no call to another host. The credentials are kept in memory only. */
export const docsStart = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
});
`;
