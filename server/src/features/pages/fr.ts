import { fr } from '../mail/index.ts';
import type { PageLanguage } from './words.ts';

const soon = fr`Cela peut prendre une minute ; regardez aussi dans les courriers indésirables.`;
const sent = fr`S'il existe un compte avec cette adresse, un e-mail est en route. ${soon}`;

export const french: PageLanguage = {
  tag: 'fr-FR',
  pages: {
    'verify-email': {
      title: fr`Confirmer votre adresse e-mail`,
      intro: fr`Vous confirmez ainsi que l'adresse à laquelle l'e-mail a été envoyé est la vôtre.`,
      action: fr`Confirmer l'adresse`,
      done: fr`Votre adresse e-mail est confirmée. Vous pouvez fermer cette page.`,
      ask: {
        intro: fr`Indiquez votre adresse e-mail, et nous vous enverrons un e-mail avec un lien pour la confirmer.`,
        action: fr`Envoyer l'e-mail`,
        sent: fr`Si cette adresse est à confirmer, un e-mail est en route. ${soon}`,
      },
    },
    'complete-sign-up': {
      title: fr`Terminer votre inscription`,
      intro: fr`Vous confirmez ainsi votre adresse, et votre compte est créé.`,
      action: fr`Terminer l'inscription`,
      done: fr`Votre compte est prêt, et la connexion est établie. Vous pouvez fermer cette page.`,
    },
    'reset-password': {
      title: fr`Choisir un nouveau mot de passe`,
      intro: fr`Avec le nouveau mot de passe, tous les appareils seront déconnectés.`,
      action: fr`Enregistrer le nouveau mot de passe`,
      done: fr`Votre nouveau mot de passe est valable dès maintenant. Connectez-vous comme d'habitude ; vous pouvez fermer cette page.`,
      ask: {
        intro: fr`Indiquez votre adresse e-mail, et nous vous enverrons un e-mail avec un lien pour choisir un nouveau mot de passe.`,
        action: fr`Envoyer l'e-mail`,
        sent,
      },
    },
    'sign-in': {
      title: fr`Se connecter`,
      intro: fr`Vous vous connectez ainsi sur cet appareil.`,
      action: fr`Se connecter`,
      done: fr`La connexion est établie. Vous pouvez fermer cette page.`,
      ask: {
        intro: fr`Indiquez votre adresse e-mail, et nous vous enverrons un e-mail avec un lien et un code. Aucun mot de passe n'est nécessaire.`,
        action: fr`Envoyer l'e-mail`,
        sent,
      },
    },
    'confirm-email': {
      title: fr`Confirmer votre nouvelle adresse e-mail`,
      intro: fr`Votre compte aura alors l'adresse à laquelle l'e-mail a été envoyé. Les autres appareils seront déconnectés.`,
      action: fr`Confirmer la nouvelle adresse`,
      done: fr`Votre compte a la nouvelle adresse. Utilisez-la désormais pour vous connecter ; vous pouvez fermer cette page.`,
    },
    'undo-email': {
      title: fr`Annuler le changement d'adresse e-mail`,
      intro: fr`Votre compte retrouvera son ancienne adresse. Tous les appareils seront déconnectés et le mot de passe supprimé, car quelqu'un d'autre pourrait le connaître.`,
      action: fr`Annuler le changement`,
      done: fr`Votre compte a de nouveau son ancienne adresse. Nous y avons envoyé un e-mail, avec un lien pour choisir un nouveau mot de passe.`,
    },
    'accept-invitation': {
      title: fr`Accepter l'invitation`,
      intro: fr`Choisissez un mot de passe, et le compte est à vous.`,
      action: fr`Accepter l'invitation`,
      done: fr`Le compte est à vous, et la connexion est établie. Vous pouvez fermer cette page.`,
    },
  },
  noToken: fr`Cette page a besoin du lien de l'e-mail : ouvrez-le de nouveau depuis celui-ci. Il est aussi nécessaire après avoir rechargé la page.`,
  askAgain: fr`Demander un nouvel e-mail`,
  noScript: fr`Cette page a besoin de JavaScript, afin que sa simple ouverture ne change rien. Autorisez-le pour cette page et rechargez-la, ou ouvrez le lien dans un autre navigateur.`,
  whose: fr`Le compte est celui de`,
  email: fr`Adresse e-mail`,
  code: fr`Code de l'e-mail`,
  codeIntro: fr`Ouvrez le lien de l'e-mail, ou saisissez ici son code à six chiffres :`,
  codeAction: fr`Se connecter avec le code`,
  password: fr`Mot de passe`,
  newPassword: fr`Nouveau mot de passe`,
  showPassword: fr`Afficher le mot de passe`,
  rules: fr`Au moins % caractères, de toute sorte. Plusieurs mots à la suite sont sûrs et faciles à retenir.`,
  ofAccount: {
    question: fr`Ce compte est-il le vôtre ?`,
    known: fr`Oui, et j'en connais le mot de passe`,
    chosen: fr`Je choisis un nouveau mot de passe : l'ancien ne vaut alors plus rien, et tous les appareils sont déconnectés`,
  },
  ofSignUp: {
    question: fr`Quel mot de passe le compte doit-il avoir ?`,
    known: fr`Celui choisi lors de l'inscription`,
    chosen: fr`Un nouveau`,
  },
  working: fr`Un instant…`,
  fillIn: fr`Veuillez remplir ce champ.`,
  codes: {
    'invalid-one-time-token': fr`Ce lien ou ce code n'est plus valable : il a déjà servi, il est trop ancien, ou il existe un e-mail plus récent.`,
    'proof-of-account-needed': fr`Le lien montre que l'adresse est la vôtre. Veuillez montrer aussi que le compte l'est, car quelqu'un d'autre a pu le créer.`,
    'current-password-wrong': fr`Ce n'est pas le mot de passe du compte.`,
    'email-taken': fr`Il existe déjà un compte avec cette adresse.`,
    'username-taken': fr`Ce nom d'utilisateur a été pris entre-temps. Veuillez vous inscrire de nouveau avec un autre.`,
    'sign-in-by-email-off': fr`La connexion par e-mail n'est pas activée ici.`,
    'mail-not-configured': fr`Aucun e-mail n'est envoyé ici. Veuillez vous adresser aux responsables de ce service.`,
    'cross-site-request': fr`Cette demande ne venait pas d'une page du serveur. Veuillez rouvrir le lien de l'e-mail.`,
    'validation-failed': fr`Veuillez vérifier ce que vous avez saisi.`,
    'too-many-attempts': fr`Il y a eu trop de tentatives.`,
    overloaded: fr`Le serveur est trop occupé en ce moment.`,
    'attempts-uncounted': fr`Cela ne fonctionne pas pour le moment. Rien n'a été modifié.`,
    'database-unavailable': fr`Cela ne fonctionne pas pour le moment. Rien n'est perdu.`,
    'database-moved': fr`Le service est en cours de déplacement. Veuillez réessayer dans un instant.`,
    'outcome-unknown': fr`Il n'est pas certain que cela ait été fait. Veuillez vérifier avant de recommencer.`,
    'internal-error': fr`Une erreur s'est produite de notre côté.`,
  },
  reasons: {
    tooShort: fr`Utilisez au moins % caractères.`,
    tooLong: fr`Utilisez au plus % caractères.`,
    common: fr`C'est l'un des mots de passe les plus courants. Choisissez-en un plus difficile à deviner.`,
    ownName: fr`C'est votre propre nom ou adresse e-mail, ou à peine plus. Choisissez-en un plus difficile à deviner.`,
    breached: fr`Ce mot de passe est connu par une fuite de données. Choisissez-en un que vous n'utilisez nulle part ailleurs.`,
  },
  wait: fr`Veuillez réessayer dans % secondes.`,
  unreachable: fr`Le serveur est injoignable. Rien n'est perdu : réessayez dans un instant.`,
};
