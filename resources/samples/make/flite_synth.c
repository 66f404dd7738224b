/* flite_synth VOICE OUT.raw < lines of "stretch<TAB>text"
 * Appends 16 kHz int16 samples to OUT.raw and prints for each line
 *   samples<TAB>start:end start:end ...
 * with one pair of seconds for each blank-separated word, from the synthesiser's own segments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <flite/flite.h>

cst_voice *register_cmu_us_awb(const char *directory);
cst_voice *register_cmu_us_kal16(const char *directory);
cst_voice *register_cmu_us_rms(const char *directory);
cst_voice *register_cmu_us_slt(const char *directory);

static cst_voice *voice_named(const char *name) {
  if (!strcmp(name, "awb")) return register_cmu_us_awb(NULL);
  if (!strcmp(name, "kal16")) return register_cmu_us_kal16(NULL);
  if (!strcmp(name, "rms")) return register_cmu_us_rms(NULL);
  if (!strcmp(name, "slt")) return register_cmu_us_slt(NULL);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: flite_synth VOICE OUT.raw < lines\n");
    return 2;
  }
  flite_init();
  cst_voice *voice = voice_named(arguments[1]);
  FILE *out = fopen(arguments[2], "ab");
  if (voice == NULL || out == NULL) return 1;
  const float base = get_param_float(voice->features, "duration_stretch", 1.0);
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    char *text = strchr(line, '\t');
    if (text == NULL) return 1;
    *text++ = 0;
    feat_set_float(voice->features, "duration_stretch", base * atof(line));
    cst_utterance *utterance = flite_synth_text(text, voice);
    cst_wave *wave = utt_wave(utterance);
    fwrite(wave->samples, 2, wave->num_samples, out);
    printf("%d\t", wave->num_samples);
    for (cst_item *token = relation_head(utt_relation(utterance, "Token")); token; token = item_next(token)) {
      cst_item *first = item_daughter(token), *last = first;
      if (first == NULL) {
        printf("-1:-1 ");
        continue;
      }
      while (item_next(last)) last = item_next(last);
      printf("%.3f:%.3f ", ffeature_float(first, "R:SylStructure.daughter1.daughter1.R:Segment.p.end"),
             ffeature_float(last, "R:SylStructure.daughtern.daughtern.R:Segment.end"));
    }
    printf("\n");
    delete_utterance(utterance);
  }
  fclose(out);
  return 0;
}
