/**
 * The block types that every server has, and the schema of each as stock clients know it. The texts are ours, so the
 * checksum is not that of the fields here: it is the one by which a stock client of {@link PREFECT_VERSION} asks for the
 * schema of its own class, and finds this one instead of registering another (protocol section 9.1).
 */
import { type JsonObject, PREFECT_VERSION } from "@sluice/schemas";

export interface SystemBlockType {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** True: neither the type nor its schemas can be deleted. */
  readonly is_protected: boolean;
  readonly capabilities: readonly string[];
  readonly checksum: string;
  readonly version: string;
  readonly fields: JsonObject;
}

const text = { type: "string" };
const secret = { type: "string", format: "password", writeOnly: true };
const wholeNumber = { type: "integer" };
const object = { type: "object" };
const texts = { type: "array", items: text };
const textMap = { type: "object", additionalProperties: text };
const anyMap = { type: "object", additionalProperties: true };

const optional = (...schemas: JsonObject[]) => ({ anyOf: [...schemas, { type: "null" }], default: null });
const flag = (value: boolean) => ({ type: "boolean", default: value });
const choice = (first: string, ...others: string[]) => ({
  type: "string",
  enum: [first, ...others],
  default: first,
});

type Field = readonly [name: string, title: string, schema: JsonObject, description: string];

const method: Field = [
  "method",
  "Method",
  { type: "string", enum: ["GET", "POST", "PUT", "PATCH", "DELETE"], default: "POST" },
  "The HTTP method of the call.",
];
const privateUrls: Field = [
  "allow_private_urls",
  "Allow Private Urls",
  flag(true),
  "False: calls to private and local addresses are refused.",
];
const notifyType: Field = [
  "notify_type",
  "Notify Type",
  choice("info", "success", "warning", "failure"),
  "How the message is marked.",
];
const includeImage = (value: boolean): Field => [
  "include_image",
  "Include Image",
  flag(value),
  "True: the message carries a picture of its kind.",
];
const botName: Field = ["botname", "Bot name", optional(text), "The name that the message comes from."];
const region: Field = ["region_name", "Region Name", choice("us", "eu"), "Where the account is kept."];

const STORAGE = ["get-directory", "write-path", "read-path", "put-directory"];
const NOTIFICATION = ["notify"];

interface Definition extends Pick<SystemBlockType, "slug" | "name" | "description" | "checksum"> {
  readonly title: string;
  readonly is_protected?: boolean;
  readonly capabilities?: readonly string[];
  readonly required?: readonly string[];
  readonly secretFields?: readonly string[];
  readonly fields: readonly Field[];
}

const DEFINITIONS: readonly Definition[] = [
  {
    slug: "secret",
    name: "Secret",
    title: "Secret",
    description: "One secret value: encrypted where it is kept, masked where it is shown.",
    checksum: "sha256:c078ed9c1e813e224c0b353d7ad4564a11d51d3198d9ac0686478165a1911c78",
    is_protected: true,
    required: ["value"],
    secretFields: ["value"],
    fields: [
      [
        "value",
        "Value",
        {
          anyOf: [secret, { ...text, title: "string" }, { $ref: "#/definitions/JsonValue", title: "JSON" }],
          format: "password",
          writeOnly: true,
        },
        "The secret: a text or any JSON.",
      ],
    ],
  },
  {
    slug: "webhook",
    name: "Webhook",
    title: "Webhook",
    description: "An HTTP address to call.",
    checksum: "sha256:58bb03f0d84592252ad568ed9a8c899792ae5d0ad2dd4a2428e99674f9050cf1",
    is_protected: true,
    required: ["url"],
    secretFields: ["url", "headers.*"],
    fields: [
      method,
      ["url", "Webhook URL", secret, "The address to call."],
      ["headers", "Webhook Headers", object, "Headers of the call."],
      privateUrls,
      ["verify", "Verify", flag(true), "False: the other side's certificate is not checked."],
    ],
  },
  {
    slug: "local-file-system",
    name: "Local File System",
    title: "LocalFileSystem",
    description: "Keeps files in a folder of the machine that runs the code.",
    checksum: "sha256:0fc8b7f936f38f465715ef2df4a817ac9fe38b80bb01d5c6c9649a6da6ae6971",
    is_protected: true,
    capabilities: STORAGE,
    fields: [["basepath", "Basepath", optional(text), "The folder that paths start from."]],
  },
  {
    slug: "remote-file-system",
    name: "Remote File System",
    title: "RemoteFileSystem",
    description: "Keeps files in a file system that Python's fsspec can reach.",
    checksum: "sha256:3bca63009aa57af6c7053fc17a2a336a1e1801bbb19ca2c5939b59afe435c531",
    capabilities: STORAGE,
    required: ["basepath"],
    fields: [
      ["basepath", "Basepath", text, "The address that paths start from, with its scheme."],
      ["settings", "Settings", object, "What else fsspec needs to know."],
    ],
  },
  {
    slug: "smb",
    name: "SMB",
    title: "SMB",
    description: "Keeps files on a share of a Windows or Samba server.",
    checksum: "sha256:849cd014b777a64ee219f6b8b13c15b37c34ea4138d9224c4d45bf00ba2e4681",
    capabilities: STORAGE,
    required: ["share_path", "smb_host"],
    secretFields: ["smb_username", "smb_password"],
    fields: [
      ["share_path", "Share Path", text, "The share and the folder in it."],
      ["smb_username", "SMB Username", optional(secret), "Who signs in."],
      ["smb_password", "SMB Password", optional(secret), "With which password."],
      ["smb_host", "SMB server/hostname", text, "The server's name."],
      ["smb_port", "SMB port", optional(wholeNumber), "The server's port; 445 when absent."],
    ],
  },
  {
    slug: "custom-webhook",
    name: "Custom Webhook",
    title: "CustomWebhookNotificationBlock",
    description: "Sends notifications to any HTTP address, in any form.",
    checksum: "sha256:69076241f2b9959ae97554957a22ec428886b46f6ed4732af160e117d487c0cf",
    capabilities: NOTIFICATION,
    required: ["name", "url"],
    secretFields: ["secrets.*"],
    fields: [
      ["name", "Name", text, "A name for texts that mention it."],
      ["url", "Webhook URL", text, "The address to call."],
      method,
      ["params", "Query Params", optional(textMap), "The query of the call."],
      ["json_data", "JSON Data", optional(anyMap), "A body that is sent as JSON."],
      ["form_data", "Form Data", optional(textMap, text), "A body that is sent as a form, or a raw one."],
      ["headers", "Headers", optional(textMap), "Headers of the call."],
      ["cookies", "Cookies", optional(textMap), "Cookies of the call."],
      ["timeout", "Timeout", { type: "number", default: 10 }, "Seconds until the call is given up."],
      privateUrls,
      ["secrets", "Custom Secret Values", object, "Values for placeholders in the other fields."],
    ],
  },
  {
    slug: "slack-webhook",
    name: "Slack Webhook",
    title: "SlackWebhook",
    description: "Sends notifications to a channel of Slack.",
    checksum: "sha256:415bae7e5906d98e387f8848ccdfd3f3b9cdf01624f08ca228709e1193ac005f",
    capabilities: NOTIFICATION,
    required: ["url"],
    secretFields: ["url"],
    fields: [notifyType, ["url", "Webhook URL", secret, "The channel's incoming webhook."], privateUrls],
  },
  {
    slug: "ms-teams-webhook",
    name: "Microsoft Teams Webhook",
    title: "MicrosoftTeamsWebhook",
    description: "Sends notifications to a channel of Microsoft Teams.",
    checksum: "sha256:213ff858fcad8ecddb90a120636c5461fc8ad6fb2877188c9e79f07e6c390c7c",
    capabilities: NOTIFICATION,
    required: ["url"],
    secretFields: ["url"],
    fields: [
      notifyType,
      ["url", "Webhook URL", secret, "The workflow that posts to the channel."],
      privateUrls,
      includeImage(true),
      ["wrap", "Wrap", flag(true), "True: long lines are broken."],
    ],
  },
  {
    slug: "discord-webhook",
    name: "Discord Webhook",
    title: "DiscordWebhook",
    description: "Sends notifications to a channel of Discord.",
    checksum: "sha256:b3ea94c0ce1573b22c0e7bf2457f5f52a210327e0f7be05c74970a246304b1e2",
    capabilities: NOTIFICATION,
    required: ["webhook_id", "webhook_token"],
    secretFields: ["webhook_id", "webhook_token"],
    fields: [
      notifyType,
      ["webhook_id", "Webhook Id", secret, "The first part of the webhook's address."],
      ["webhook_token", "Webhook Token", secret, "Its second part."],
      botName,
      ["tts", "Tts", flag(false), "True: the message is read aloud."],
      includeImage(false),
      ["avatar", "Avatar", flag(false), "True: the message has the picture of its sender."],
      ["avatar_url", "Avatar URL", optional(text), "Another picture instead."],
    ],
  },
  {
    slug: "mattermost-webhook",
    name: "Mattermost Webhook",
    title: "MattermostWebhook",
    description: "Sends notifications to channels of Mattermost.",
    checksum: "sha256:34daad1160b59fb6d5c8fc59d09abb2cbf9c2283b7b9f6a76cbaad827002d14c",
    capabilities: NOTIFICATION,
    required: ["hostname", "token"],
    secretFields: ["token"],
    fields: [
      notifyType,
      ["hostname", "Hostname", text, "The server's name."],
      ["secure", "Secure", flag(false), "True: over HTTPS."],
      ["token", "Token", secret, "The webhook's token."],
      botName,
      ["channels", "Channels", optional(texts), "Which channels; the webhook's own when absent."],
      includeImage(false),
      ["path", "Path", optional(text), "Where on the server Mattermost is."],
      ["port", "Port", { ...wholeNumber, default: 8065 }, "The server's port."],
    ],
  },
  {
    slug: "opsgenie-webhook",
    name: "Opsgenie Webhook",
    title: "OpsgenieWebhook",
    description: "Raises alerts in Opsgenie.",
    checksum: "sha256:c9d307a75b69d82460134069d071804fefde0ec2c2b9aed67c90201fee041755",
    capabilities: NOTIFICATION,
    required: ["apikey"],
    secretFields: ["apikey"],
    fields: [
      notifyType,
      ["apikey", "API Key", secret, "The key of the integration."],
      ["target_user", "Target User", optional(texts), "The users to alert."],
      ["target_team", "Target Team", optional(texts), "The teams to alert."],
      ["target_schedule", "Target Schedule", optional(texts), "The schedules to alert."],
      ["target_escalation", "Target Escalation", optional(texts), "The escalations to start."],
      region,
      ["batch", "Batch", flag(false), "True: one alert for all targets."],
      ["tags", "Tags", optional(texts), "Tags of the alert."],
      ["priority", "Priority", { ...optional(wholeNumber), default: 3 }, "From 1, the highest, to 5."],
      ["alias", "Alias", optional(text), "The alert's key, by which repeated ones are one."],
      ["entity", "Entity", optional(text), "What the alert is about."],
      ["details", "Details", optional(textMap), "Whatever else is to be known."],
    ],
  },
  {
    slug: "pager-duty-webhook",
    name: "Pager Duty Webhook",
    title: "PagerDutyWebHook",
    description: "Raises incidents in PagerDuty.",
    checksum: "sha256:78ccfd9313655493e834f59f515865f3160bd395b6003d6e664fefd1a6f49c86",
    capabilities: NOTIFICATION,
    required: ["integration_key", "api_key"],
    secretFields: ["integration_key", "api_key"],
    fields: [
      notifyType,
      ["integration_key", "Integration Key", secret, "The key of the service's integration."],
      ["api_key", "API Key", secret, "The key of the account."],
      ["source", "Source", { ...optional(text), default: "Prefect" }, "What reports the incident."],
      ["component", "Component", { ...text, default: "Notification" }, "Which part of it."],
      ["group", "Group", optional(text), "What the part belongs to."],
      ["class_id", "Class ID", optional(text), "The kind of incident."],
      region,
      [
        "clickable_url",
        "Clickable URL",
        optional({ ...text, format: "uri", minLength: 1 }),
        "An address that the incident leads to.",
      ],
      includeImage(true),
      ["custom_details", "Custom Details", optional(textMap), "Whatever else is to be known."],
    ],
  },
  {
    slug: "twilio-sms",
    name: "Twilio SMS",
    title: "TwilioSMS",
    description: "Sends notifications as text messages with Twilio.",
    checksum: "sha256:2ab73fedd20ff1c25ffcc47f5b4a7a86c70c307321af1262f9d03defba5c8cc6",
    capabilities: NOTIFICATION,
    required: ["account_sid", "auth_token", "from_phone_number", "to_phone_numbers"],
    secretFields: ["auth_token"],
    fields: [
      notifyType,
      ["account_sid", "Account Sid", text, "The account."],
      ["auth_token", "Auth Token", secret, "Its token."],
      ["from_phone_number", "From Phone Number", text, "The number that sends."],
      ["to_phone_numbers", "To Phone Numbers", texts, "The numbers that receive."],
    ],
  },
  {
    slug: "sendgrid-email",
    name: "Sendgrid Email",
    title: "SendgridEmail",
    description: "Sends notifications as e-mails with SendGrid.",
    checksum: "sha256:b67583d3b7ce215cd84a58ba42bb8936294cc1417ff3fe54d0fb08447932c6f2",
    capabilities: NOTIFICATION,
    required: ["api_key", "sender_email", "to_emails"],
    secretFields: ["api_key"],
    fields: [
      notifyType,
      ["api_key", "API Key", secret, "The key of the account."],
      ["sender_email", "Sender email id", text, "The address that sends."],
      ["to_emails", "Recipient emails", texts, "The addresses that receive."],
    ],
  },
];

export const SYSTEM_BLOCK_TYPES: readonly SystemBlockType[] = DEFINITIONS.map(systemBlockType);

function systemBlockType(definition: Definition): SystemBlockType {
  const { title, required = [], secretFields = [], fields, ...type } = definition;
  const properties = fields.map(([name, label, schema, description], position) => [
    name,
    { ...schema, title: label, description, position },
  ]);
  return {
    is_protected: false,
    capabilities: [],
    ...type,
    version: PREFECT_VERSION,
    fields: {
      title,
      description: type.description,
      type: "object",
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      secret_fields: secretFields,
      block_type_slug: type.slug,
    },
  };
}
