import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Addresses } from '../addresses.ts'
import type { Association } from '../association.ts'
import type { Language } from '../language/languages.ts'
import { words } from '../language/own-words.ts'
import { setFrench } from '../language/typography.ts'
import { legible } from '../pages/colours.ts'
import type { Letter } from './letter.ts'

/** Colours of styles/tokens.css as mail programs read them: they know neither variables nor the dark. */
const COLOURS = { paper: '#fbf9f5', card: '#ffffff', ink: '#192532', soft: '#4b5763', rule: '#d7d4cc', sea: '#00537a' }

const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"

/** A letter as it goes out. */
export interface Written {
  subject: string
  text: string
  html: string
}

interface Writer {
  association: Association
  addresses: Addresses
}

/** Sets a letter as plain text and as HTML, in the name and the colours of the association. */
export function write(letter: Letter, writer: Writer): Written {
  const set = letter.language === 'fr' ? setFrench : (text: string) => text
  const whole = { ...letter, subject: set(letter.subject), paragraphs: letter.paragraphs.map(set) }
  return {
    subject: whole.subject,
    text: asText(whole, writer),
    html: `<!doctype html>${renderToString(<AsHtml letter={whole} writer={writer} />)}`,
  }
}

function asText({ paragraphs, action, language }: Letter, writer: Writer): string {
  const body = [...paragraphs, ...(action ? [`${action.label}${language === 'fr' ? '\u00a0' : ''}:\n${action.url}`] : [])]
  return `${body.join('\n\n')}\n\n-- \n${automatic(language, writer)}\n${writer.addresses.portal()}\n`
}

function automatic(language: Language, { association }: Writer): string {
  return words.in(language)('mail.automatic', { name: association.name })
}

/** Styles stand in the elements: many mail programs read them nowhere else. */
function AsHtml({ letter, writer }: { letter: Letter; writer: Writer }): JSX.Element {
  const { subject, paragraphs, action, language } = letter
  const { association, addresses } = writer
  const colour = association.colour ? legible(association.colour, 'light') : COLOURS.sea
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{subject}</title>
      </head>
      <body style={`margin:0;padding:24px 16px;background:${COLOURS.paper};color:${COLOURS.ink};font:16px/1.55 ${FONT}`}>
        <div style="max-width:560px;margin:0 auto">
          <p style={`margin:0 0 16px;font-size:18px;font-weight:700;color:${colour}`}>{association.name}</p>
          <div style={`padding:28px;background:${COLOURS.card};border:1px solid ${COLOURS.rule};border-radius:6px`}>
            <h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">{subject}</h1>
            {paragraphs.map((paragraph) => (
              <p style="margin:0 0 16px;white-space:pre-line">{paragraph}</p>
            ))}
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

function Action({ label, url, colour, language }: { label: string; url: string; colour: string; language: Language }): JSX.Element {
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
