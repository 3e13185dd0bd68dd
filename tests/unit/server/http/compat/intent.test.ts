import { intentOf } from '../../../../../server/http/compat/intent';

describe('a chat message', () => {
  test.each([
    'What colour is the car?',
    'Is there a dog?',
    'What is the dog doing?',
    'What does the sign say?',
    'What is this made of?',
    'How many people are in this picture?',
    'Who is sitting on the bench?',
    'What is on the table?',
    'What is she doing here?',
    'What do you see on the left?',
    'What is shown on the screen?',
    'Is this a picture?',
    'Was steht auf dem Schild?',
    'Que fait cet homme ?',
  ])('"%s" is a question', (text) => {
    expect(intentOf({}, text)).toEqual({ question: text });
  });

  test.each([
    "What's in this image?",
    'What is in this image?',
    'What is on this photo?',
    'What do you see in the picture?',
    'What is happening in this picture?',
    'Can you describe this image?',
    'Could you write a caption?',
    'What would be good alt text for this?',
    'Describe the image.',
    'What do you see?',
    'What can you see here?',
    'What does this image show?',
    'What does the picture depict?',
    'What is this?',
    'What is this picture of?',
    'What am I looking at?',
    "What's this?",
    'What’s this a picture of?',
    'What is shown here?',
    'What can be seen in this image?',
    'What do you see in this?',
    'What is depicted?',
    'What is in the attached picture?',
    'What does the attached image show?',
    'what are these?',
    'Can you tell me what is in this photo?',
    'Can you tell me about this picture?',
    'What is going on here?',
    'What exactly is the subject of this photograph?',
    'Was ist auf diesem Bild zu sehen?',
    'Qu’est-ce que c’est ?',
    'Que voit-on sur cette image ?',
    '¿Qué se ve en la imagen?',
    'Che cosa si vede in questa foto?',
    'O que você vê na imagem?',
    'Wat zie je op deze afbeelding?',
    'Write alt text, at most 125 characters.',
    'a photograph of',
    'You are an accessibility expert. You look at pictures and say what they show. Would you please do that for this one?',
    '',
  ])('"%s" asks for a plain caption', (text) => {
    expect(intentOf({}, text)).toEqual({});
  });
});

test('the fields say it outright, whatever the text is', () => {
  expect(intentOf({ question: ' how many ' }, 'Describe this.')).toEqual({ question: 'how many' });
  expect(intentOf({ prompt: 'a photo of' }, 'Is it a dog?')).toEqual({ prompt: 'a photo of' });
  expect(intentOf({ question: '', prompt: ' ' }, undefined)).toEqual({});
});
