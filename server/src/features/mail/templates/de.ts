import type { LanguageWords } from './words.ts';

const ignore = 'beachten Sie diese E-Mail bitte nicht weiter';
const signsOut = 'damit werden alle Geräte abgemeldet';

export const german: LanguageWords = {
  tag: 'de-DE',
  subject: (brand, title) => `${brand}: ${title}`,
  greeting: (name) => `Guten Tag ${name},`,
  label: (what) => `${what}:`,
  orCode: 'Oder geben Sie diesen Code dort ein, wo Sie danach gefragt werden:',
  orAddress: 'Falls die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:',
  at: 'Wann',
  ip: 'Von wo',
  device: 'Gerät',
  instant: (date, time) => `${date} um ${time} Uhr (UTC)`,
  deviceName: (browser, system) =>
    browser !== undefined && system !== undefined ? `${browser} auf ${system}` : (browser ?? system ?? 'unbekannt'),
  support: (contact) => `Haben Sie Fragen? Hier hilft man Ihnen weiter: ${contact}`,
  letters: {
    'verify-email': ({ brand, life }) => ({
      title: 'Bestätigen Sie Ihre E-Mail-Adresse',
      opening: [`Bitte bestätigen Sie, dass dies Ihre Adresse ist, damit Ihr Konto bei ${brand} sie verwenden kann.`],
      action: 'Adresse bestätigen',
      closing: [
        `Sie haben dafür ${life} Zeit; danach fordern Sie einfach eine neue E-Mail an.`,
        `Wenn Sie nichts tun, bleibt die Adresse unbestätigt. Falls Sie kein Konto bei ${brand} haben, ${ignore}: Vermutlich hat sich jemand vertippt.`,
      ],
      why: `Sie erhalten diese E-Mail, weil diese Adresse für ein Konto bei ${brand} angegeben wurde.`,
    }),
    'complete-sign-up': ({ brand, life }) => ({
      title: 'Schließen Sie Ihre Registrierung ab',
      opening: [
        `Es fehlt nur noch ein Schritt zu Ihrem Konto bei ${brand}: Bitte bestätigen Sie, dass dies Ihre Adresse ist.`,
      ],
      action: 'Registrierung abschließen',
      closing: [
        `Sie haben dafür ${life} Zeit; danach registrieren Sie sich einfach noch einmal.`,
        `Wenn Sie nichts tun, wird kein Konto angelegt. Falls nicht Sie sich registriert haben, ${ignore}.`,
      ],
      why: `Sie erhalten diese E-Mail, weil sich jemand mit dieser Adresse bei ${brand} registriert hat.`,
    }),
    'sign-up-taken': ({ brand }) => ({
      title: 'Sie haben bereits ein Konto',
      opening: [
        `Gerade wollte sich jemand mit dieser Adresse bei ${brand} registrieren, vermutlich Sie selbst. Sie hat schon ein Konto, deshalb wurde kein weiteres angelegt. Melden Sie sich einfach wie gewohnt an.`,
      ],
      advice: 'Falls Sie Ihr Passwort vergessen haben, wählen Sie ein neues:',
      action: 'Neues Passwort wählen',
      closing: [
        'Falls Sie es nicht waren, müssen Sie nichts tun: An Ihrem Konto hat sich nichts geändert, und wer es versucht hat, hat nicht erfahren, dass es besteht.',
      ],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'reset-password': ({ brand, life }) => ({
      title: 'Wählen Sie ein neues Passwort',
      opening: [
        `Für Ihr Konto bei ${brand} wurde ein neues Passwort angefordert: von Ihnen selbst oder für Sie von der Verwaltung.`,
      ],
      action: 'Neues Passwort wählen',
      closing: [
        `Sie haben dafür ${life} Zeit; danach fordern Sie einfach eine neue E-Mail an. Mit dem neuen Passwort werden alle Geräte abgemeldet.`,
        `Wenn Sie nichts tun, bleibt Ihr Passwort, wie es ist. Falls Sie nichts angefordert haben, ${ignore}: Ohne sie kann niemand etwas ändern.`,
      ],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'sign-in': ({ brand, life }) => ({
      title: 'Ihre Anmeldung',
      opening: [`Jemand möchte sich bei Ihrem Konto bei ${brand} anmelden, hoffentlich Sie selbst.`],
      action: 'Anmelden',
      closing: [
        `Das geht einmal, und zwar ${life} lang. Geben Sie es an niemanden weiter: Wer es hat, kann sich als Sie anmelden. Wir fragen nie danach.`,
        `Wenn Sie nichts tun, wird niemand angemeldet. Falls nicht Sie es waren, ${ignore}.`,
      ],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'confirm-email': ({ brand, new_email, life }) => ({
      title: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      opening: [
        `Ihr Konto bei ${brand} soll künftig die Adresse ${new_email} haben. Bitte bestätigen Sie, dass sie Ihnen gehört.`,
      ],
      action: 'Neue Adresse bestätigen',
      closing: [
        `Sie haben dafür ${life} Zeit; danach beginnen Sie die Änderung von vorn.`,
        `Wenn Sie nichts tun, behält das Konto seine bisherige Adresse. Falls Sie davon nichts wissen, ${ignore}: Vermutlich hat sich jemand vertippt.`,
      ],
      why: `Sie erhalten diese E-Mail, weil diese Adresse für ein Konto bei ${brand} angegeben wurde.`,
    }),
    'email-change-asked': ({ brand, new_email }) => ({
      title: 'Ihre E-Mail-Adresse soll sich ändern',
      opening: [
        `Jemand, der bei Ihrem Konto bei ${brand} angemeldet ist, möchte dessen E-Mail-Adresse in ${new_email} ändern. Noch ist nichts geschehen: Zuerst muss jene Adresse bestätigt werden.`,
      ],
      advice: `Wenn Sie es waren, müssen Sie hier nichts tun. Wenn nicht, wählen Sie sofort ein neues Passwort; ${signsOut}.`,
      action: 'Neues Passwort wählen',
      closing: [
        'Sobald die Änderung vollzogen ist, schreiben wir Ihnen noch einmal, mit einem Link, der sie rückgängig macht.',
      ],
      why: `Sie erhalten diese E-Mail, weil Ihr Konto bei ${brand} diese Adresse hat.`,
    }),
    'email-changed': ({ brand, new_email, life }) => ({
      title: 'Ihre E-Mail-Adresse wurde geändert',
      opening: [`Ihr Konto bei ${brand} hat jetzt die Adresse ${new_email}. Diese hier gehört nicht mehr dazu.`],
      advice: 'Wenn Sie es waren, müssen Sie nichts tun. Wenn nicht, machen Sie die Änderung sofort rückgängig:',
      action: 'Änderung rückgängig machen',
      closing: [`Sie haben dafür ${life} Zeit. Wenn Sie nichts tun, bleibt es bei der Änderung.`],
      why: `Sie erhalten diese E-Mail, weil Ihr Konto bei ${brand} bis jetzt diese Adresse hatte.`,
    }),
    'email-replaced': ({ brand, new_email }) => ({
      title: 'Ihr Konto hat jetzt eine andere Adresse',
      opening: [
        `Die Verwaltung von ${brand} hat Ihrem Konto die Adresse ${new_email} gegeben. Diese hier gehört nicht mehr dazu.`,
      ],
      advice:
        'Wenn Sie davon wissen, müssen Sie nichts tun: Melden Sie sich ab jetzt mit der neuen Adresse an. Über sie können Sie auch ein neues Passwort wählen:',
      action: 'Neues Passwort wählen',
      closing: [
        `Falls Sie das nicht erwartet haben, fragen Sie bei der Verwaltung von ${brand} nach: Nur sie kann es rückgängig machen.`,
      ],
      why: `Sie erhalten diese E-Mail, weil ein Konto bei ${brand} bis jetzt diese Adresse hatte.`,
    }),
    'email-set': ({ brand }) => ({
      title: 'Ihr Konto hat jetzt diese Adresse',
      opening: [`Die Verwaltung von ${brand} hat Ihrem Konto diese Adresse gegeben.`],
      advice:
        'Wenn Sie davon wissen, müssen Sie nichts tun. Über diese Adresse können Sie jederzeit ein neues Passwort wählen:',
      action: 'Neues Passwort wählen',
      closing: [
        `Falls Sie kein Konto bei ${brand} haben, ${ignore}, oder sagen Sie der Verwaltung, dass die Adresse Ihnen gehört.`,
      ],
      why: `Sie erhalten diese E-Mail, weil ein Konto bei ${brand} jetzt diese Adresse hat.`,
    }),
    'email-undone': ({ brand }) => ({
      title: 'Die Änderung einer E-Mail-Adresse wurde rückgängig gemacht',
      opening: [
        `Ein Konto bei ${brand} hatte eine Zeit lang diese Adresse. Wer dessen frühere Adresse liest, hat die Änderung zurückgenommen; sie gehört nicht mehr dazu.`,
      ],
      advice: 'Wenn das Konto Ihnen gehört, wählen Sie über die frühere Adresse ein neues Passwort:',
      action: 'Neues Passwort wählen',
      closing: ['Wenn Sie nichts davon wissen, müssen Sie nichts tun.'],
      why: `Sie erhalten diese E-Mail, weil ein Konto bei ${brand} bis jetzt diese Adresse hatte.`,
    }),
    invitation: ({ brand, life }) => ({
      title: 'Sie sind eingeladen',
      opening: [
        `Die Verwaltung von ${brand} hat ein Konto für Sie angelegt. Wählen Sie ein Passwort, und es gehört Ihnen.`,
      ],
      action: 'Einladung annehmen',
      closing: [
        `Sie haben dafür ${life} Zeit; danach bitten Sie um eine neue Einladung.`,
        `Wenn Sie nichts tun, kann sich bei diesem Konto niemand anmelden. Falls Sie keine Einladung erwartet haben, ${ignore}.`,
      ],
      why: `Sie erhalten diese E-Mail, weil die Verwaltung von ${brand} diese Adresse eingeladen hat.`,
    }),
    'new-device': ({ brand }) => ({
      title: 'Ein neues Gerät hat sich angemeldet',
      opening: [
        `Gerade hat sich jemand bei Ihrem Konto bei ${brand} mit einem Gerät angemeldet, das es noch nicht kennt.`,
      ],
      advice: `Wenn Sie es waren, müssen Sie nichts tun. Wenn nicht, wählen Sie sofort ein neues Passwort; ${signsOut}.`,
      action: 'Neues Passwort wählen',
      closing: ['Wenn Sie nichts tun, bleibt das Gerät angemeldet.'],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'password-removed': ({ brand }) => ({
      title: 'Ihr Passwort wurde entfernt',
      opening: [
        `Es ist gezeigt, dass das Konto bei ${brand} Ihnen gehört. Sein bisheriges Passwort kennt vielleicht jemand anders; deshalb gilt es nicht mehr, und alle Geräte, die vorher angemeldet waren, sind abgemeldet.`,
      ],
      advice: 'Um sich wieder mit einem Passwort anzumelden, wählen Sie ein neues:',
      action: 'Neues Passwort wählen',
      closing: ['Wenn Sie nichts tun, gilt kein Passwort.'],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'password-changed': ({ brand }) => ({
      title: 'Ihr Passwort wurde geändert',
      opening: [`Das Passwort Ihres Kontos bei ${brand} wurde gerade geändert.`],
      advice: `Wenn Sie es waren, müssen Sie nichts tun. Wenn nicht, wählen Sie sofort ein neues; ${signsOut}.`,
      action: 'Neues Passwort wählen',
      closing: ['Wenn Sie nichts tun, gilt nur noch das geänderte Passwort.'],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'sessions-ended': ({ brand }) => ({
      title: 'Alle Geräte wurden abgemeldet',
      opening: [
        `Bei Ihrem Konto bei ${brand} wurden gerade alle Geräte abgemeldet. Melden Sie sich einfach wieder an.`,
      ],
      advice:
        'Wenn Sie wissen, warum, müssen Sie nichts tun. Wenn nicht, wählen Sie zur Sicherheit ein neues Passwort:',
      action: 'Neues Passwort wählen',
      closing: ['Wenn Sie nichts tun, bleibt Ihr Passwort, wie es ist.'],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
    'session-stolen': ({ brand }) => ({
      title: 'Wir haben ein Gerät zu Ihrer Sicherheit abgemeldet',
      opening: [
        `Eine Anmeldung bei Ihrem Konto bei ${brand} wurde doppelt verwendet, so als hätte jemand sie von Ihrem Gerät kopiert. Wir haben sie auf diesem Gerät beendet; andere bleiben angemeldet.`,
      ],
      advice: `Sie können sich einfach wieder anmelden. Wählen Sie zur Sicherheit ein neues Passwort; ${signsOut}.`,
      action: 'Neues Passwort wählen',
      closing: [
        'Auch wenn Sie nichts tun, ist die Kopie wertlos. Falls das noch einmal geschieht, lassen Sie das Gerät auf Schadsoftware prüfen.',
      ],
      why: `Sie erhalten diese E-Mail, weil Sie mit dieser Adresse ein Konto bei ${brand} haben.`,
    }),
  },
};
