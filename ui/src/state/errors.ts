// What was thrown, as the table's error. Screens ask here: the host is the state's to know.
export { asError } from '../host/host';
