// A file that a person brings.
interface Props {
  label: string;
  accept: string;
  take: (file: File) => Promise<void>;
  fail: (error: unknown) => void;
}

export function Upload({ label, accept, take, fail }: Props) {
  return (
    <label class="upload">
      {label}
      <input type="file" accept={accept} onChange={(event) => {
        const input = event.currentTarget;
        const file = input.files?.[0];
        if (file) void take(file).catch(fail).finally(() => (input.value = ""));
      }} />
    </label>
  );
}
