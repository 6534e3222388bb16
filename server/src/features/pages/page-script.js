/* The page behind a link in a mail. Nothing is done before somebody presses a button. */
(() => {
  const part = (id) => document.getElementById(id);
  const said = JSON.parse(part('said').textContent);
  /** Kept here and nowhere else: not in the address bar, the history or the storage. */
  let token = takeToken();
  let askedFor = '';

  function takeToken() {
    const found = /^#token=([\w.~-]{1,256})$/.exec(location.hash);
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    return found?.[1];
  }

  function show(view) {
    for (const element of document.querySelectorAll('[data-view]')) element.hidden = element.dataset.view !== view;
  }

  function begin() {
    show(token !== undefined ? 'act' : part('ask') === null ? 'lost' : 'ask');
    if (token !== undefined && part('whose') !== null) void tellWhose(part('whose'));
  }

  /**
   * Whose account it is: the link may be somebody else's, who has sent it on. Nothing can be pressed before there is an answer. Looks only;
   * what is wrong with the link the button tells.
   */
  async function tellWhose(line) {
    const of = token;
    const button = part('act').querySelector('button');
    line.hidden = true;
    button.disabled = true;
    const response = await call(line.dataset.endpoint, { token: of }).catch(() => undefined);
    const { email } = (response?.ok && (await response.json().catch(() => undefined))) || {};
    if (of !== token) return;
    button.disabled = false;
    if (typeof email !== 'string') return;
    line.querySelector('strong').textContent = email;
    line.hidden = false;
  }

  const call = (endpoint, body) =>
    fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
    });

  const fieldsOf = (form) => [...form.querySelectorAll('.field > input')].filter((field) => !field.closest('[hidden]'));

  function mark(field, text) {
    part(`${field.id}-error`).textContent = text;
    field.setAttribute('aria-invalid', text === '' ? 'false' : 'true');
  }

  function tell(text) {
    part('alert').textContent = text;
  }

  function bodyOf(form) {
    const fields = fieldsOf(form).map((field) => [field.name, typed(field)]);
    if (form.id === 'enter') fields.push(['email', askedFor]);
    if (form.id === 'act') fields.push(['token', token]);
    return Object.fromEntries(fields);
  }

  function typed({ type, name, value }) {
    if (name === 'code') return value.replace(/\D/g, '');
    return type === 'email' ? value.trim() : value;
  }

  async function send(form) {
    if (form.getAttribute('aria-busy') === 'true') return;
    tell('');
    for (const field of fieldsOf(form)) mark(field, '');
    const empty = fieldsOf(form).filter((field) => typed(field) === '');
    for (const field of empty) mark(field, said.fillIn);
    if (empty.length > 0) return empty[0].focus();
    const button = form.querySelector('button');
    const label = button.textContent;
    form.setAttribute('aria-busy', 'true');
    button.textContent = said.working;
    try {
      await post(form, bodyOf(form));
    } finally {
      form.removeAttribute('aria-busy');
      button.textContent = label;
    }
  }

  async function post(form, body) {
    let response;
    let answer;
    try {
      response = await call(form.dataset.endpoint, body);
      answer = await response.json().catch(() => ({}));
    } catch {
      tell(said.unreachable);
      return part('alert').focus();
    }
    if (response.ok) succeed(form, body);
    else refuse(form, answer, response.headers.get('retry-after'));
  }

  function succeed(form, body) {
    const next = form.id === 'ask' ? 'sent' : 'done';
    if (next === 'sent') askedFor = body.email;
    else token = undefined;
    form.reset();
    show(next);
    part(next).focus();
  }

  function refuse(form, problem, retryAfter) {
    const errors = Array.isArray(problem.errors) ? problem.errors : [];
    const isToken = errors.some(({ pointer }) => pointer === '/token');
    const code = isToken ? 'invalid-one-time-token' : problem.code;
    const known = Object.hasOwn(said.codes, code) ? said.codes[code] : undefined;
    const text = known ?? (typeof problem.detail === 'string' ? problem.detail : said.codes['internal-error']);
    const passes = code !== 'mail-not-configured' && /^\d{1,9}$/.test(retryAfter ?? '');
    const wait = passes ? ` ${said.wait.replace('%', retryAfter)}` : '';
    if (code === 'invalid-one-time-token' && form.id === 'act') show(part('ask') === null ? 'none' : 'ask');
    const choice = code === 'proof-of-account-needed' ? part('choice') : null;
    if (choice !== null) choice.hidden = false;
    const wrong = markWrong(form, code, errors);
    tell(text + wait);
    const first = choice?.querySelector('input') ?? wrong ?? part('alert');
    first.focus();
  }

  /** The first field that is at fault. */
  function markWrong(form, code, errors) {
    const fields = fieldsOf(form);
    for (const { pointer, detail } of errors) {
      const field = fields.find(({ name }) => pointer === `/${name}`);
      if (field !== undefined) mark(field, Object.hasOwn(said.details, detail) ? said.details[detail] : String(detail));
    }
    const guess = { 'current-password-wrong': 'password', 'invalid-one-time-token': 'code' }[code];
    const guessed = fields.find(({ name }) => name === guess);
    guessed?.setAttribute('aria-invalid', 'true');
    return fields.find((field) => field.getAttribute('aria-invalid') === 'true');
  }

  document.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(event.target);
  });
  document.addEventListener('change', ({ target }) => {
    if (target.dataset.shows !== undefined) part(target.dataset.shows).type = target.checked ? 'text' : 'password';
    if (target.name !== 'whose') return;
    for (const element of document.querySelectorAll('[data-option]'))
      element.hidden = element.dataset.option !== target.value;
  });
  // A second link that is opened in the same tab changes nothing but the fragment.
  addEventListener('hashchange', () => {
    const next = takeToken();
    if (next === undefined) return;
    token = next;
    tell('');
    begin();
  });
  begin();
})();
