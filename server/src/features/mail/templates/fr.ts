import { fr } from './french-typography.ts';
import type { LanguageWords } from './words.ts';

const ignore = fr`ne tenez pas compte de cet e-mail`;
const signsOut = fr`tous les appareils seront déconnectés`;

export const french: LanguageWords = {
  tag: 'fr-FR',
  subject: (brand, title) => fr`${brand} : ${title}`,
  greeting: (name) => fr`Bonjour ${name},`,
  label: (what) => fr`${what} :`,
  orCode: fr`Ou saisissez ce code là où il vous est demandé :`,
  orAddress: fr`Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :`,
  at: 'Quand',
  ip: 'Depuis',
  device: 'Appareil',
  instant: (date, time) => fr`${date} à ${time} (UTC)`,
  deviceName: (browser, system) =>
    browser !== undefined && system !== undefined ? `${browser} sur ${system}` : (browser ?? system ?? 'inconnu'),
  support: (contact) => fr`Des questions ? Adressez-vous ici : ${contact}`,
  letters: {
    'verify-email': ({ brand, life }) => ({
      title: fr`Confirmez votre adresse e-mail`,
      opening: [
        fr`Veuillez confirmer que cette adresse est la vôtre, afin que votre compte ${brand} puisse l'utiliser.`,
      ],
      action: fr`Confirmer l'adresse`,
      closing: [
        fr`Vous avez ${life} pour le faire ; ensuite, demandez simplement un nouvel e-mail.`,
        fr`Si vous ne faites rien, l'adresse reste non confirmée. Si vous n'avez pas de compte ${brand}, ${ignore} : quelqu'un s'est sans doute trompé en saisissant la sienne.`,
      ],
      why: fr`Vous recevez cet e-mail parce que cette adresse a été indiquée pour un compte ${brand}.`,
    }),
    'complete-sign-up': ({ brand, life }) => ({
      title: fr`Terminez votre inscription`,
      opening: [
        fr`Plus qu'une étape avant d'avoir votre compte ${brand} : veuillez confirmer que cette adresse est la vôtre.`,
      ],
      action: fr`Terminer l'inscription`,
      closing: [
        fr`Vous avez ${life} pour le faire ; ensuite, inscrivez-vous simplement de nouveau.`,
        fr`Si vous ne faites rien, aucun compte n'est créé. Si cette inscription ne vient pas de vous, ${ignore}.`,
      ],
      why: fr`Vous recevez cet e-mail parce que quelqu'un s'est inscrit chez ${brand} avec cette adresse.`,
    }),
    'sign-up-taken': ({ brand }) => ({
      title: fr`Vous avez déjà un compte`,
      opening: [
        fr`Quelqu'un, sans doute vous, vient d'essayer de s'inscrire chez ${brand} avec cette adresse. Elle a déjà un compte ; aucun autre n'a donc été créé. Connectez-vous comme d'habitude.`,
      ],
      advice: fr`Si vous avez oublié votre mot de passe, choisissez-en un nouveau :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [
        fr`Si ce n'était pas vous, vous n'avez rien à faire : rien n'a changé dans votre compte, et la personne qui a essayé n'a pas appris qu'il existe.`,
      ],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'reset-password': ({ brand, life }) => ({
      title: fr`Choisissez un nouveau mot de passe`,
      opening: [
        fr`Un nouveau mot de passe a été demandé pour votre compte ${brand} : par vous-même, ou pour vous par l'administration.`,
      ],
      action: fr`Choisir un nouveau mot de passe`,
      closing: [
        fr`Vous avez ${life} pour le faire ; ensuite, demandez simplement un nouvel e-mail. Avec le nouveau mot de passe, ${signsOut}.`,
        fr`Si vous ne faites rien, votre mot de passe reste le même. Si vous n'avez rien demandé, ${ignore} : sans lui, personne ne peut rien changer.`,
      ],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'sign-in': ({ brand, life }) => ({
      title: fr`Votre connexion`,
      opening: [fr`Quelqu'un, espérons-le vous, souhaite se connecter à votre compte ${brand}.`],
      action: fr`Se connecter`,
      closing: [
        fr`Cela fonctionne une seule fois, pendant ${life}. Ne le transmettez à personne : qui l'a peut se connecter à votre place. Nous ne vous le demanderons jamais.`,
        fr`Si vous ne faites rien, personne n'est connecté. Si ce n'était pas vous, ${ignore}.`,
      ],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'confirm-email': ({ brand, new_email, life }) => ({
      title: fr`Confirmez votre nouvelle adresse e-mail`,
      opening: [
        fr`Votre compte ${brand} doit désormais avoir l'adresse ${new_email}. Veuillez confirmer qu'elle est bien la vôtre.`,
      ],
      action: fr`Confirmer la nouvelle adresse`,
      closing: [
        fr`Vous avez ${life} pour le faire ; ensuite, recommencez le changement.`,
        fr`Si vous ne faites rien, le compte garde son adresse actuelle. Si vous n'y êtes pour rien, ${ignore} : quelqu'un s'est sans doute trompé en saisissant la sienne.`,
      ],
      why: fr`Vous recevez cet e-mail parce que cette adresse a été indiquée pour un compte ${brand}.`,
    }),
    'email-change-asked': ({ brand, new_email }) => ({
      title: fr`Votre adresse e-mail va changer`,
      opening: [
        fr`Une personne connectée à votre compte ${brand} souhaite remplacer son adresse e-mail par ${new_email}. Rien n'a encore changé : cette adresse doit d'abord être confirmée.`,
      ],
      advice: fr`Si c'était vous, vous n'avez rien à faire ici. Sinon, choisissez tout de suite un nouveau mot de passe ; ${signsOut}.`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Une fois le changement effectué, nous vous écrirons encore, avec un lien pour l'annuler.`],
      why: fr`Vous recevez cet e-mail parce que votre compte ${brand} a cette adresse.`,
    }),
    'email-changed': ({ brand, new_email, life }) => ({
      title: fr`Votre adresse e-mail a changé`,
      opening: [fr`Votre compte ${brand} a maintenant l'adresse ${new_email}. Celle-ci ne lui appartient plus.`],
      advice: fr`Si c'était vous, vous n'avez rien à faire. Sinon, annulez tout de suite le changement :`,
      action: fr`Annuler le changement`,
      closing: [fr`Vous avez ${life} pour le faire. Si vous ne faites rien, le changement est maintenu.`],
      why: fr`Vous recevez cet e-mail parce que votre compte ${brand} avait cette adresse jusqu'à présent.`,
    }),
    'email-replaced': ({ brand, new_email }) => ({
      title: fr`Votre compte a maintenant une autre adresse`,
      opening: [
        fr`L'administration de ${brand} a donné l'adresse ${new_email} à votre compte. Celle-ci ne lui appartient plus.`,
      ],
      advice: fr`Si vous êtes au courant, vous n'avez rien à faire : utilisez désormais la nouvelle adresse pour vous connecter. Avec elle, vous pouvez aussi choisir un nouveau mot de passe :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [
        fr`Si vous ne vous y attendiez pas, adressez-vous à l'administration de ${brand} : elle seule peut rétablir l'ancienne adresse.`,
      ],
      why: fr`Vous recevez cet e-mail parce qu'un compte ${brand} avait cette adresse jusqu'à présent.`,
    }),
    'email-set': ({ brand }) => ({
      title: fr`Votre compte a maintenant cette adresse`,
      opening: [fr`L'administration de ${brand} a donné cette adresse à votre compte.`],
      advice: fr`Si vous êtes au courant, vous n'avez rien à faire. Avec cette adresse, vous pouvez choisir un nouveau mot de passe à tout moment :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [
        fr`Si vous n'avez pas de compte ${brand}, ${ignore}, ou dites à l'administration que cette adresse est la vôtre.`,
      ],
      why: fr`Vous recevez cet e-mail parce qu'un compte ${brand} a maintenant cette adresse.`,
    }),
    'email-undone': ({ brand }) => ({
      title: fr`Le changement d'une adresse e-mail a été annulé`,
      opening: [
        fr`Un compte ${brand} a eu cette adresse pendant un temps. La personne qui lit son ancienne adresse a annulé le changement ; celle-ci ne lui appartient plus.`,
      ],
      advice: fr`Si ce compte est le vôtre, choisissez un nouveau mot de passe grâce à l'ancienne adresse :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Si vous n'êtes pas au courant, vous n'avez rien à faire.`],
      why: fr`Vous recevez cet e-mail parce qu'un compte ${brand} avait cette adresse jusqu'à présent.`,
    }),
    invitation: ({ brand, life }) => ({
      title: fr`Votre invitation`,
      opening: [
        fr`L'administration de ${brand} a créé un compte pour vous. Choisissez un mot de passe, et il est à vous.`,
      ],
      action: fr`Accepter l'invitation`,
      closing: [
        fr`Vous avez ${life} pour le faire ; ensuite, demandez une nouvelle invitation.`,
        fr`Si vous ne faites rien, personne ne peut se connecter à ce compte. Si vous n'attendiez pas d'invitation, ${ignore}.`,
      ],
      why: fr`Vous recevez cet e-mail parce que l'administration de ${brand} a invité cette adresse.`,
    }),
    'new-device': ({ brand }) => ({
      title: fr`Un nouvel appareil s'est connecté`,
      opening: [
        fr`Quelqu'un vient de se connecter à votre compte ${brand} avec un appareil qu'il ne connaît pas encore.`,
      ],
      advice: fr`Si c'était vous, vous n'avez rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe ; ${signsOut}.`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Si vous ne faites rien, l'appareil reste connecté.`],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'password-removed': ({ brand }) => ({
      title: fr`Votre mot de passe a été supprimé`,
      opening: [
        fr`Il est établi que le compte ${brand} est le vôtre. Quelqu'un d'autre connaît peut-être le mot de passe qu'il avait jusqu'ici ; ce mot de passe n'est donc plus valable, et tous les appareils connectés auparavant sont déconnectés.`,
      ],
      advice: fr`Pour vous connecter de nouveau avec un mot de passe, choisissez-en un nouveau :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Si vous ne faites rien, aucun mot de passe n'est valable.`],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'password-changed': ({ brand }) => ({
      title: fr`Votre mot de passe a été modifié`,
      opening: [fr`Le mot de passe de votre compte ${brand} vient d'être modifié.`],
      advice: fr`Si c'était vous, vous n'avez rien à faire. Sinon, choisissez-en tout de suite un nouveau ; ${signsOut}.`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Si vous ne faites rien, seul le mot de passe modifié reste valable.`],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'sessions-ended': ({ brand }) => ({
      title: fr`Tous les appareils ont été déconnectés`,
      opening: [
        fr`Votre compte ${brand} vient d'être déconnecté de tous les appareils. Reconnectez-vous comme d'habitude.`,
      ],
      advice: fr`Si vous savez pourquoi, vous n'avez rien à faire. Sinon, choisissez par précaution un nouveau mot de passe :`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [fr`Si vous ne faites rien, votre mot de passe reste le même.`],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
    'session-stolen': ({ brand }) => ({
      title: fr`Nous avons déconnecté un appareil pour votre sécurité`,
      opening: [
        fr`Une connexion à votre compte ${brand} a été utilisée en double, comme si quelqu'un l'avait copiée depuis votre appareil. Nous y avons mis fin sur cet appareil ; les autres restent connectés.`,
      ],
      advice: fr`Vous pouvez simplement vous reconnecter. Par précaution, choisissez un nouveau mot de passe ; ${signsOut}.`,
      action: fr`Choisir un nouveau mot de passe`,
      closing: [
        fr`Même si vous ne faites rien, la copie est sans valeur. Si cela se reproduit, faites rechercher des logiciels malveillants sur l'appareil.`,
      ],
      why: fr`Vous recevez cet e-mail parce que vous avez un compte ${brand} avec cette adresse.`,
    }),
  },
};
