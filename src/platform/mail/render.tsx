import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Addresses } from '../addresses.ts'
import type { OrganisationProfile } from '../organisation-profile.ts'
import type { Language } from '../language/languages.ts'
import { words } from '../language/own-words.ts'
import { setFrench } from '../language/typography.ts'
import { legible } from '../pages/colours.ts'
import type { Png } from '../drawings/png.ts'
import type { Email, EmailDrawing } from './email.ts'
import { pictureName } from './pictures.ts'

/** Colours of styles/tokens.css as mail programs read them: they know neither variables nor the dark. */
const COLOURS = { paper: '#fbf9f5', card: '#ffffff', ink: '#192532', soft: '#4b5763', rule: '#d7d4cc', sea: '#00537a' }

const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"

/** An e-mail as it goes out. */
export interface RenderedEmail {
  subject: string
  text: string
  html: string
}

interface Writer {
  association: OrganisationProfile
  addresses: Addresses
}

/**
 * Sets an e-mail as plain text and as HTML, in the name and the colours of the association.
 *
 * @param pictures of its drawings, in their order
 */
export function renderEmail(email: Email, pictures: (Png | undefined)[], writer: Writer): RenderedEmail {
  const set = email.language === 'fr' ? setFrench : (text: string) => text
  const paragraphs = email.paragraphs.map((one) =>
    typeof one === 'string' ? set(one) : { ...one, title: set(one.title), description: set(one.description) },
  )
  const whole = { ...email, subject: set(email.subject), paragraphs }
  return {
    subject: whole.subject,
    text: asText(whole, writer),
    html: `<!doctype html>${renderToString(<AsHtml email={whole} pictures={pictures} writer={writer} />)}`,
  }
}

function asText({ paragraphs, action, language }: Email, writer: Writer): string {
  const lines = paragraphs.map((paragraph) =>
    typeof paragraph === 'string' ? paragraph : `${paragraph.title}\n${paragraph.description}`,
  )
  const body = [...lines, ...(action ? [`${action.label}${language === 'fr' ? '\u00a0' : ''}:\n${action.url}`] : [])]
  return `${body.join('\n\n')}\n\n-- \n${automatic(language, writer)}\n${writer.addresses.portal()}\n`
}

function automatic(language: Language, { association }: Writer): string {
  return words.in(language)('mail.automatic', { name: association.name })
}

/** Styles stand in the elements: many mail programs read them nowhere else. */
function AsHtml({
  email,
  pictures,
  writer,
}: {
  email: Email
  pictures: (Png | undefined)[]
  writer: Writer
}): JSX.Element {
  const { subject, paragraphs, action, language } = email
  const drawings = paragraphs.filter((paragraph) => typeof paragraph !== 'string')
  const { association, addresses } = writer
  const colour = association.colour ? legible(association.colour, 'light') : COLOURS.sea
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{subject}</title>
      </head>
      <body
        style={`margin:0;padding:24px 16px;background:${COLOURS.paper};color:${COLOURS.ink};font:16px/1.55 ${FONT}`}
      >
        <div style="max-width:560px;margin:0 auto">
          <p style={`margin:0 0 16px;font-size:18px;font-weight:700;color:${colour}`}>{association.name}</p>
          <div style={`padding:28px;background:${COLOURS.card};border:1px solid ${COLOURS.rule};border-radius:6px`}>
            <h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">{subject}</h1>
            {paragraphs.map((paragraph) =>
              typeof paragraph === 'string' ? (
                <p style="margin:0 0 16px;white-space:pre-line">{paragraph}</p>
              ) : (
                <Drawing
                  drawing={paragraph}
                  number={drawings.indexOf(paragraph) + 1}
                  picture={pictures[drawings.indexOf(paragraph)]}
                />
              ),
            )}
            {action && <Action {...action} colour={colour} language={language} />}
          </div>
          <p style={`margin:16px 0 0;font-size:14px;color:${COLOURS.soft}`}>
            {automatic(language, writer)}
            <br />
            <a href={addresses.portal()} style={`color:${COLOURS.soft}`}>
              {addresses.portal()}
            </a>
          </p>
        </div>
      </body>
    </html>
  )
}

/** Room for a picture in an e-mail. */
const ROOM = 504

function Drawing({
  drawing: { title, description },
  number,
  picture,
}: {
  drawing: EmailDrawing
  number: number
  picture: Png | undefined
}): JSX.Element {
  const width = Math.min(ROOM, picture?.width ?? ROOM)
  return (
    <p style="margin:0 0 24px">
      <strong style="display:block;margin:0 0 4px;font-size:14px">{title}</strong>
      {picture ? (
        <img
          src={`cid:${pictureName(number)}`}
          alt={description}
          width={width}
          style={`display:block;width:${width}px;max-width:100%;height:auto;border:0;background:#ffffff`}
        />
      ) : (
        <span style="white-space:pre-line">{description}</span>
      )}
    </p>
  )
}

function Action({
  label,
  url,
  colour,
  language,
}: {
  label: string
  url: string
  colour: string
  language: Language
}): JSX.Element {
  return (
    <>
      <p style="margin:24px 0">
        <a
          href={url}
          style={`display:inline-block;padding:12px 20px;background:${colour};color:#ffffff;border-radius:5px;font-weight:600;text-decoration:none`}
        >
          {label}
        </a>
      </p>
      <p style={`margin:0;font-size:14px;color:${COLOURS.soft}`}>
        {words.in(language)('mail.copy')}
        <br />
        <a href={url} style={`color:${COLOURS.soft};word-break:break-all`}>
          {url}
        </a>
      </p>
    </>
  )
}
