import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../retention/class.ts'
import { deleteOlder } from '../retention/delete-older.ts'

const forgetWords: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    with forgotten as (
      update outbox.email set text = null, html = null where id in (
        select id from outbox.email where text is not null and settled_at < ${before.toString()}::timestamptz
        order by settled_at limit ${limit} for update skip locked
      ) returning id
    ), painted as (delete from outbox.picture using forgotten where picture.email = forgotten.id)
    select id from forgotten`.execute(db)
  return { rows: rows.length }
}

const ofLetters = {
  whose: { fr: 'à qui nous écrivons', en: 'who is written to' },
  why: { fr: 'le service ; voir que le courriel arrive', en: 'the service; to see that mail arrives' },
  where: '`outbox.email`',
}

export const mailClasses: RetentionClass[] = [
  {
    ...ofLetters,
    name: 'words-of-letters',
    what: {
      fr: 'Le texte et les dessins des courriels que nous envoyons',
      en: 'The words and drawings of the letters that we send',
    },
    time: { for: { days: 30 }, after: { fr: 'après l’envoi', en: 'after they were sent' } },
    purge: forgetWords,
  },
  {
    ...ofLetters,
    name: 'letters',
    what: { fr: 'Leur adresse, leur objet, leur sort', en: 'Their address, their subject, what became of them' },
    time: { for: { years: 1 }, after: { fr: 'après l’envoi', en: 'after they were sent' } },
    purge: deleteOlder('outbox.email', 'settled_at'),
  },
]
