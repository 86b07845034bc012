import { allows, type Caller } from './auth.js';
import { bucketIam, changeBucket, deleteBucket, getBucket, insertBucket, listBuckets } from './buckets.js';
import { composeObject } from './compose.js';
import type { Exchange, Reply } from './exchange.js';
import { insertMedia, insertMultipart } from './insert.js';
import { listObjects } from './list.js';
import { changeObject, deleteObject, getObject, restoreObject } from './objects.js';
import { cancelResumable, continueResumable, startResumable } from './resumable.js';
import { copyObject, rewriteObject } from './rewrite.js';
import type { Kind } from './route.js';
import { tokenRequest } from './token.js';
import { xmlDelete, xmlGet, xmlOptions, xmlPut } from './xml.js';

type Handler = (exchange: Exchange, caller: Caller) => Reply | Promise<Reply>;

export const HANDLERS: Readonly<Record<Kind, Handler>> = {
  'bucket-list': listBuckets,
  'bucket-insert': insertBucket,
  'bucket-get': getBucket,
  'bucket-patch': changeBucket,
  'bucket-delete': deleteBucket,
  'bucket-iam': (exchange, caller) => bucketIam(exchange, (permission) => allows(caller, permission)),
  'insert-media': insertMedia,
  'insert-multipart': insertMultipart,
  'resumable-start': startResumable,
  'resumable-chunk': continueResumable,
  'resumable-final': continueResumable,
  'resumable-status': continueResumable,
  'resumable-cancel': cancelResumable,
  'object-list': listObjects,
  'object-get': getObject,
  'object-media': getObject,
  'object-patch': changeObject,
  'object-update': changeObject,
  'object-delete': deleteObject,
  'object-restore': restoreObject,
  compose: composeObject,
  rewrite: rewriteObject,
  copy: copyObject,
  'xml-get': xmlGet,
  'xml-head': xmlGet,
  'xml-put': xmlPut,
  'xml-delete': xmlDelete,
  'xml-options': xmlOptions,
  token: tokenRequest,
};
