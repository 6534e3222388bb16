import type { PageLanguage } from './words.ts';

const soon = 'Das kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.';
const sent = `Falls es zu dieser Adresse ein Konto gibt, ist eine E-Mail unterwegs. ${soon}`;

export const german: PageLanguage = {
  tag: 'de-DE',
  pages: {
    'verify-email': {
      title: 'E-Mail-Adresse bestätigen',
      intro: 'Damit bestätigen Sie, dass die Adresse, an die diese E-Mail ging, Ihnen gehört.',
      action: 'Adresse bestätigen',
      done: 'Ihre E-Mail-Adresse ist bestätigt. Sie können diese Seite schließen.',
      ask: {
        intro: 'Geben Sie Ihre E-Mail-Adresse an, dann senden wir Ihnen eine E-Mail mit einem Link, der sie bestätigt.',
        action: 'E-Mail senden',
        sent: `Falls diese Adresse noch zu bestätigen ist, ist eine E-Mail unterwegs. ${soon}`,
      },
    },
    'complete-sign-up': {
      title: 'Registrierung abschließen',
      intro: 'Damit bestätigen Sie Ihre Adresse, und Ihr Konto wird angelegt.',
      action: 'Registrierung abschließen',
      done: 'Ihr Konto ist bereit, und Sie sind angemeldet. Sie können diese Seite schließen.',
    },
    'reset-password': {
      title: 'Neues Passwort wählen',
      intro: 'Mit dem neuen Passwort werden alle Geräte abgemeldet.',
      action: 'Neues Passwort speichern',
      done: 'Ab jetzt gilt Ihr neues Passwort. Melden Sie sich wie gewohnt damit an; diese Seite können Sie schließen.',
      ask: {
        intro:
          'Geben Sie Ihre E-Mail-Adresse an, dann senden wir Ihnen eine E-Mail mit einem Link, über den Sie ein neues Passwort wählen.',
        action: 'E-Mail senden',
        sent,
      },
    },
    'sign-in': {
      title: 'Anmelden',
      intro: 'Damit melden Sie sich auf diesem Gerät an.',
      action: 'Anmelden',
      done: 'Sie sind angemeldet. Sie können diese Seite schließen.',
      ask: {
        intro:
          'Geben Sie Ihre E-Mail-Adresse an, dann senden wir Ihnen eine E-Mail mit einem Link und einem Code. Ein Passwort brauchen Sie nicht.',
        action: 'E-Mail senden',
        sent,
      },
    },
    'confirm-email': {
      title: 'Neue E-Mail-Adresse bestätigen',
      intro: 'Ihr Konto hat dann die Adresse, an die diese E-Mail ging. Andere Geräte werden abgemeldet.',
      action: 'Neue Adresse bestätigen',
      done: 'Ihr Konto hat die neue Adresse. Melden Sie sich ab jetzt damit an; diese Seite können Sie schließen.',
    },
    'undo-email': {
      title: 'Änderung der E-Mail-Adresse rückgängig machen',
      intro:
        'Ihr Konto erhält seine frühere Adresse zurück. Alle Geräte werden abgemeldet, und das Passwort wird entfernt, weil jemand anders es kennen könnte.',
      action: 'Änderung rückgängig machen',
      done: 'Ihr Konto hat wieder seine frühere Adresse. Dorthin haben wir eine E-Mail gesandt, mit einem Link zu einem neuen Passwort.',
    },
    'accept-invitation': {
      title: 'Einladung annehmen',
      intro: 'Wählen Sie ein Passwort, und das Konto gehört Ihnen.',
      action: 'Einladung annehmen',
      done: 'Das Konto gehört Ihnen, und Sie sind angemeldet. Sie können diese Seite schließen.',
    },
  },
  noToken:
    'Diese Seite braucht den Link aus der E-Mail: Öffnen Sie ihn dort noch einmal. Auch nach dem Neuladen der Seite ist er wieder nötig.',
  askAgain: 'Neue E-Mail anfordern',
  noScript:
    'Diese Seite braucht JavaScript, damit das bloße Öffnen nichts ändert. Erlauben Sie es für diese Seite und laden Sie sie neu, oder öffnen Sie den Link in einem anderen Browser.',
  whose: 'Es ist das Konto von',
  email: 'E-Mail-Adresse',
  code: 'Code aus der E-Mail',
  codeIntro: 'Öffnen Sie den Link in der E-Mail, oder geben Sie hier den sechsstelligen Code daraus ein:',
  codeAction: 'Mit dem Code anmelden',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  showPassword: 'Passwort anzeigen',
  rules: 'Mindestens % beliebige Zeichen. Mehrere Wörter hintereinander sind gut und leicht zu merken.',
  ofAccount: {
    question: 'Gehört das Konto Ihnen?',
    known: 'Ja, und ich kenne das Passwort',
    chosen: 'Ich wähle ein neues Passwort: Ein früheres gilt dann nicht mehr, und alle Geräte werden abgemeldet',
  },
  ofSignUp: {
    question: 'Welches Passwort soll das Konto haben?',
    known: 'Das bei der Registrierung gewählte',
    chosen: 'Ein neues',
  },
  working: 'Einen Moment …',
  fillIn: 'Bitte füllen Sie dieses Feld aus.',
  codes: {
    'invalid-one-time-token':
      'Dieser Link oder Code gilt nicht mehr: Er wurde schon verwendet, ist zu alt, oder es gibt eine neuere E-Mail.',
    'proof-of-account-needed':
      'Der Link zeigt, dass die Adresse Ihnen gehört. Bitte zeigen Sie auch, dass das Konto Ihres ist: Jemand anders könnte es angelegt haben.',
    'current-password-wrong': 'Das ist nicht das Passwort des Kontos.',
    'email-taken': 'Zu dieser Adresse gibt es schon ein Konto.',
    'username-taken':
      'Diesen Benutzernamen hat inzwischen jemand anders. Bitte registrieren Sie sich noch einmal mit einem anderen.',
    'sign-in-by-email-off': 'Die Anmeldung per E-Mail ist hier nicht eingeschaltet.',
    'mail-not-configured': 'Hier werden keine E-Mails verschickt. Bitte fragen Sie die Betreiber dieses Dienstes.',
    'cross-site-request':
      'Das kam nicht von einer Seite des Servers. Bitte öffnen Sie den Link aus der E-Mail noch einmal.',
    'validation-failed': 'Bitte prüfen Sie Ihre Angaben.',
    'too-many-attempts': 'Es gab zu viele Versuche.',
    overloaded: 'Der Server hat gerade zu viel zu tun.',
    'attempts-uncounted': 'Das geht im Moment nicht. Geändert wurde nichts.',
    'database-unavailable': 'Das geht im Moment nicht. Verloren ist nichts.',
    'database-moved': 'Der Dienst zieht gerade um. Bitte versuchen Sie es gleich noch einmal.',
    'outcome-unknown': 'Es ist nicht sicher, ob das geschehen ist. Bitte sehen Sie nach, bevor Sie es wiederholen.',
    'internal-error': 'Bei uns ist etwas schiefgegangen.',
  },
  reasons: {
    tooShort: 'Verwenden Sie mindestens % Zeichen.',
    tooLong: 'Verwenden Sie höchstens % Zeichen.',
    common: 'Das ist eines der häufigsten Passwörter. Wählen Sie eines, das schwerer zu erraten ist.',
    ownName:
      'Das ist Ihr eigener Name oder Ihre E-Mail-Adresse, oder kaum mehr. Wählen Sie eines, das schwerer zu erraten ist.',
    breached: 'Dieses Passwort ist aus einem Datenleck bekannt. Wählen Sie eines, das Sie sonst nirgends verwenden.',
  },
  wait: 'Bitte versuchen Sie es in % Sekunden noch einmal.',
  unreachable: 'Der Server ist nicht zu erreichen. Verloren ist nichts: Versuchen Sie es gleich noch einmal.',
};
