// For a process that is an edge agent and nothing else: little memory is worth more than speed.
import { setFlagsFromString } from 'node:v8';

/**
 * To be called before anything large is imported. The work is mostly waiting, sockets and SQLite, and does not notice; with 500 Modbus
 * meters every 15 s the peak falls from 125 to 90 MB, what stays from 94 to 85 MB (Node 20, x64).
 */
export function preferSmallMemory(): void {
  // Young objects stay in a small space instead of one that grows while modules load.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
  // No optimizing compiler: its arenas and code take 9 MB.
  setFlagsFromString('--no-opt');
}
