/**
 * Services in TypeScript for the Runar node.
 *
 * @packageDocumentation
 */
import { codec } from "./codec.js";
import { host } from "./host.js";

host.registerCodec(codec);

export type {
  AppChannel,
  AppFinder,
  AppHooks,
  AppQuery,
  AppUser,
  BrokerApp,
  ConnectingClient,
  Decision,
  DisconnectedClient,
  Member,
  PastEvent,
  SentEvent,
  Subscribing,
} from "./broker.js";
export {
  BrokerChannel,
  type ChannelHistory,
  type ChannelPosition,
  type HistoryRange,
  type Publication,
} from "./channel.js";
export type { Client, ClientMethod, ClientOptions } from "./client.js";
export type {
  AppConfig,
  AppDatabaseConfig,
  AppLimitsConfig,
  ChannelRuleConfig,
  CorsConfig,
  LimitsConfig,
  LoggingConfig,
  MessageRateConfig,
  NodeConfig,
  OfflineConfig,
  PusherConfig,
  ServerConfig,
  SupervisionConfig,
  TlsConfig,
  TokenKeysConfig,
  WebhookConfig,
} from "./config.js";
export {
  Context,
  type Event,
  EventContext,
  type EventHandler,
  LifecycleContext,
  type ReplyMeta,
  type ServiceContext,
  type Trace,
} from "./context.js";
export {
  DefinedError,
  type DefinedErrorClass,
  type DefinedErrorDetails,
  type DefinedErrorOptions,
  defineError,
} from "./defined-errors.js";
export {
  CallbackError,
  CancelledError,
  ConfigError,
  ContextGoneError,
  DuplicateError,
  ERROR_CODES,
  type ErrorCode,
  InternalError,
  InvalidPathError,
  MemoryLimitError,
  NotFoundError,
  NotRunningError,
  OverloadError,
  PermissionError,
  ProtocolError,
  RunarError,
  type RunarErrorOptions,
  ScriptError,
  ShutdownError,
  TimeoutError,
  TooLargeError,
  UnsupportedValueError,
  ValidationError,
} from "./errors.js";
export { type EventDefinition, type EventRetry, event, type SubscribeOptions } from "./event.js";
export type { ActionHooks, ServiceHooks } from "./hooks.js";
export type { Delivery, WriteOutcome } from "./host.js";
export type { CookieOptions, HttpContext, HttpRequestInfo, IdentifyRequest } from "./http.js";
export type { HttpMethod, HttpRoute, HttpRouteOptions } from "./http-route.js";
export type { Logger } from "./logger.js";
export type {
  ActionContext,
  IncomingEvent,
  Middleware,
  OutgoingEvent,
  OutgoingRequest,
} from "./middleware.js";
export { Node } from "./node.js";
export type {
  OfflineGroup,
  OfflineMember,
  OfflineQueue,
  OfflineReceipt,
  StoreLevel,
  WaitingMessage,
} from "./offline.js";
export type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  StreamOptions,
  Texts,
  WaitOptions,
} from "./options.js";
export type { JsonSchema, Schema, StandardSchema } from "./schema.js";
export {
  type ActionDefinition,
  type ActionFunction,
  type ActionOptions,
  action,
  type BreakerOptions,
  type BulkheadOptions,
  type CacheOptions,
  type DeclaredError,
  defineService,
  type ErrorClass,
  type RetryOptions,
  type ServiceDefinition,
  type SocketDefinition,
  type SocketHandler,
  type SocketRequest,
  type StateHandler,
  type StreamActionOptions,
  type StreamDefinition,
  socket,
  stream,
  type TopicDeclaration,
} from "./service.js";
export type { Broker, Group, Session } from "./session.js";
export type { CancelSignal, Signal } from "./signal.js";
export type { TopicWriter } from "./topic-writer.js";
